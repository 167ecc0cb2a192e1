import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ensureServers, startTemporalServer, type TemporalServer, terminalProgress } from '../../dev/stack/index.ts';
import { addAttributes, faultsOfAttributes } from '../../src/clients/temporal/search-attributes.ts';
import { ATTRIBUTE_TYPES } from '../../src/contract/search-attributes.ts';
import { packageRoot } from '../../src/local/package-root.ts';
import { blocksTestedBy } from '../support/documented-commands.ts';
import { typeBlocks } from '../support/documented-shell.ts';

let folder: string;
let server: TemporalServer;
let connection: Connection;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mendloop-setup-'));
  const { temporal } = await ensureServers(['temporal'], { progress: terminalProgress() });
  server = await startTemporalServer({ binary: temporal, dataDir: folder, headless: true, searchAttributes: {} });
  connection = await Connection.connect({ address: server.address });
  await writeFile(join(folder, 'temporal.toml'), '[profile.default]\n');
});
afterAll(async () => {
  await connection.close();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

async function setUp(namespace: string, ...args: string[]): Promise<string> {
  const env = {
    ...process.env,
    ...{ TEMPORAL_ADDRESS: server.address, TEMPORAL_NAMESPACE: namespace, TEMPORAL_TLS: 'false' },
    TEMPORAL_CONFIG_FILE: join(folder, 'temporal.toml'),
  };
  const main = join(packageRoot(), 'src', 'cli', 'main.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [main, 'temporal', 'setup', ...args], {
    env,
    cwd: folder,
  });
  return stdout;
}

async function daysOf(namespace: string): Promise<number> {
  const { config } = await connection.workflowService.describeNamespace({ namespace });
  return Number(config?.workflowExecutionRetentionTtl?.seconds) / 86_400;
}

const faults = (namespace: string) => faultsOfAttributes(connection, { namespace, wanted: ATTRIBUTE_TYPES });

it('makes a namespace that keeps histories for 90 days and knows every attribute; run again it changes nothing', async () => {
  expect(await setUp('production')).toContain('namespace production: made, keeps histories for 90 days');
  expect(await daysOf('production')).toBe(90);
  await expect.poll(() => faults('production')).toEqual([]);
  const again = await setUp('production');
  expect(again).toContain('namespace production: there already, keeps histories for 90 days');
  expect(again).toContain('search attributes: there already');
});

it("does what Temporal's own command does, as the page has it, and the list can then be asked", async () => {
  const { temporal } = await ensureServers(['temporal'], { progress: terminalProgress() });
  const blocks = blocksTestedBy('test/integration/temporal-setup.test.ts', 'temporal/README.md');
  const [making, asking] = blocks.map((block) => ({
    ...block,
    text: block.text.replaceAll('--namespace mendloop', '--namespace by-hand'),
  }));
  const shell = {
    folder,
    env: { TEMPORAL_ADDRESS: server.address, TEMPORAL_CONFIG_FILE: join(folder, 'temporal.toml') },
    programs: [dirname(temporal.path)],
  };
  await typeBlocks([making!], shell);
  expect(await daysOf('by-hand')).toBe(90);
  await expect.poll(() => faults('by-hand')).toEqual([]);
  // A server refuses a query by an attribute that it does not know.
  await expect
    .poll(() => typeBlocks([asking!], shell).then(() => 'answered', String), { timeout: 60_000 })
    .toBe('answered');
  expect(await setUp('by-hand')).toContain('search attributes: there already');
});

it('raises a retention that is shorter, and never lowers one', async () => {
  await setUp('long', '--retention-days', '200');
  expect(await daysOf('long')).toBe(200);
  await setUp('long');
  expect(await daysOf('long')).toBe(200);
  expect(await daysOf('default')).toBe(1);
  expect(await setUp('default')).toContain('retention raised');
  expect(await daysOf('default')).toBe(90);
});

it('refuses an attribute that is there under another type, by its name', async () => {
  await setUp('typed');
  await connection.operatorService.removeSearchAttributes({ namespace: 'typed', searchAttributes: ['MendloopRule'] });
  await addAttributes(connection, { namespace: 'typed', wanted: { MendloopRule: 'INT' } });
  await expect.poll(() => faults('typed')).toEqual([{ name: 'MendloopRule', wanted: 'KEYWORD', found: 'INT' }]);
  await expect(setUp('typed')).rejects.toThrow('invalid search attribute MendloopRule: expected KEYWORD, it is INT');
});

it('refuses a retention that is no number of days', async () => {
  await expect(setUp('production', '--retention-days', 'for ever')).rejects.toThrow(
    'invalid --retention-days for ever',
  );
});
