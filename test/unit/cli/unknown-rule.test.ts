import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { create } from 'tar';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packageRoot } from '../../../src/local/package-root.ts';
import { unknownRule } from '../../../src/cli/policy/unknown-rule.ts';

let folder: string;
let bundle: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mendloop-rules-'));
  bundle = join(folder, 'bundle.tar.gz');
  const files = {
    'policy.wasm': '',
    'data.json': JSON.stringify({
      catalogue: { alerts: { mixin: { KubePodCrashLooping: {} } } },
      overrides: { catalogue: { OurDatabaseLag: { as: 'KubePodCrashLooping' } } },
    }),
    'sale.rego': 'package mendloop.rules.sale\n\nwants := {"alertname": "Sale"}\n',
    'lib.rego': 'package mendloop.lib\n',
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  await create({ file: bundle, cwd: folder, gzip: true }, Object.keys(files));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const reasonOf = async (rule: string, settings: object = {}) =>
  (await unknownRule(rule, { engine: 'wasm', bundle, ...settings }))?.message;

it('a rule that the policy does not have is told as such, with the one that was meant', async () => {
  expect(await reasonOf('nope')).toBe(`there is no such rule: nope (policy ${bundle})`);
  expect(await reasonOf('sael')).toContain('there is no such rule: sael; did you mean sale?');
  expect(await reasonOf('lib')).toContain('there is no such rule');
});

it.each(['sale', 'catalogue/KubePodCrashLooping', 'catalogue/OurDatabaseLag'])('%s is a rule', async (rule) => {
  expect(await reasonOf(rule)).toBeUndefined();
});

it('every name passes where the rules are not at hand', async () => {
  expect(await reasonOf('nope', { engine: 'server' })).toBeUndefined();
  expect(await reasonOf('nope', { bundle: join(folder, 'missing.tar.gz') })).toBeUndefined();
});

it('mendloop promote says so, whether Temporal can be reached or not', async () => {
  const program = join(packageRoot(), 'bin', 'mendloop.js');
  const settings = join(folder, 'mendloop.yaml');
  await writeFile(settings, JSON.stringify({ policy: { bundle } }));
  const promoted = promisify(execFile)(process.execPath, [program, 'promote', 'nope', '--config', settings], {
    env: { ...process.env, TEMPORAL_ADDRESS: '127.0.0.1:1' },
  });
  await expect(promoted).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('error: there is no such rule: nope') as string,
  });
});
