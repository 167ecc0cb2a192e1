import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect, promisify } from 'node:util';
import { Connection, type TLSConfig } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ensureServers,
  startTemporalService,
  type TemporalService,
  type TemporalServiceOptions,
  terminalProgress,
} from '../../dev/stack/index.ts';
import { connectTemporal } from '../../src/clients/temporal/connect.ts';
import { faultsOfAttributes } from '../../src/clients/temporal/search-attributes.ts';
import { configSchema } from '../../src/config/schema.ts';
import { ATTRIBUTE_TYPES } from '../../src/contract/search-attributes.ts';
import { packageRoot } from '../../src/local/package-root.ts';
import { signedByOne } from '../support/certificates.ts';
import { type PostgresUnderTest, startPostgresUnderTest } from '../support/installation/postgres-under-test.ts';
import { startTokenIssuer, type TokenIssuer } from '../support/token-issuer.ts';

const SERVER = 'temporal.test';
const CLIENT = 'mendloop.test';

let folder: string;
let database: PostgresUnderTest;
let issuer: TokenIssuer;
let binaries: TemporalServiceOptions['binaries'];
const { authority, of: certificates } = signedByOne(SERVER, CLIENT);
const file = (name: string) => join(folder, name);

/** As a client with a certificate. */
const clientTls: TLSConfig = {
  serverNameOverride: SERVER,
  serverRootCACertificate: Buffer.from(authority),
  clientCertPair: { crt: Buffer.from(certificates[CLIENT].cert), key: Buffer.from(certificates[CLIENT].key) },
};
const frontendTls = () => ({ certFile: file('server.crt'), keyFile: file('server.key') });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mendloop-secured-'));
  const files = {
    'ca.crt': authority,
    'server.crt': certificates[SERVER].cert,
    'server.key': certificates[SERVER].key,
    'client.crt': certificates[CLIENT].cert,
    'client.key': certificates[CLIENT].key,
    'temporal.toml': '[profile.default]\n',
    'defaults.yaml': '{}\n',
  };
  for (const [name, text] of Object.entries(files)) await writeFile(file(name), text);
  const found = await ensureServers(['temporal-server', 'temporal-sql-tool'], { progress: terminalProgress() });
  binaries = { server: found['temporal-server'], sqlTool: found['temporal-sql-tool'] };
  database = await startPostgresUnderTest();
  issuer = await startTokenIssuer();
});

afterAll(async () => {
  await issuer.stop();
  await database.stop();
  await rm(folder, { recursive: true, force: true });
});

/** How many of so many questions for the list of workflows, asked at once and not repeated, are refused. */
async function refusedLists(connection: Connection, namespace: string, asked: number): Promise<number> {
  const answers = await Promise.allSettled(
    Array.from({ length: asked }, () => connection.workflowService.countWorkflowExecutions({ namespace })),
  );
  const refused = answers.filter((answer) => answer.status === 'rejected');
  for (const { reason } of refused) expect(String(reason)).toContain('RESOURCE_EXHAUSTED');
  return refused.length;
}

/** `mendloop temporal setup`, with what the environment says of Temporal. */
async function setUp(service: TemporalService, env: Readonly<Record<string, string>>): Promise<string> {
  const main = join(packageRoot(), 'src', 'cli', 'main.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [main, 'temporal', 'setup'], {
    env: { ...process.env, TEMPORAL_ADDRESS: service.address, TEMPORAL_CONFIG_FILE: file('temporal.toml'), ...env },
    cwd: folder,
  });
  return stdout;
}

describe('a service that asks for certificates of its clients', () => {
  let service: TemporalService;
  let connection: Connection;
  const env = () => ({
    TEMPORAL_NAMESPACE: 'certified',
    TEMPORAL_TLS_SERVER_CA_CERT_PATH: file('ca.crt'),
    TEMPORAL_TLS_SERVER_NAME: SERVER,
    TEMPORAL_TLS_CLIENT_CERT_PATH: file('client.crt'),
    TEMPORAL_TLS_CLIENT_KEY_PATH: file('client.key'),
  });

  beforeAll(async () => {
    service = await startTemporalService({
      ...{ binaries, database, dataDir: file('certified') },
      tls: { ...frontendTls(), clientCaFiles: [file('ca.crt')] },
      connection: { tls: clientTls },
    });
    connection = await Connection.connect({ address: service.address, tls: clientTls });
  });
  afterAll(async () => {
    await connection.close();
    await service.stop();
  });

  async function daysOf(namespace: string): Promise<number> {
    const { config } = await connection.workflowService.describeNamespace({ namespace });
    return Number(config?.workflowExecutionRetentionTtl?.seconds) / 86_400;
  }

  it('gets its namespace from `temporal setup`, with 90 days and every attribute; run again it changes nothing', async () => {
    expect(await setUp(service, env())).toContain('namespace certified: made, keeps histories for 90 days');
    expect(await daysOf('certified')).toBe(90);
    const namespace = 'certified';
    expect(await faultsOfAttributes(connection, { namespace, wanted: ATTRIBUTE_TYPES })).toEqual([]);
    const again = await setUp(service, env());
    expect(again).toContain('namespace certified: there already, keeps histories for 90 days');
    expect(again).toContain('search attributes: there already');
  });

  it('has a retention raised that is shorter', async () => {
    const namespace = 'short';
    await connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: msToTs(3 * 86_400_000),
    });
    const raised = async () => await setUp(service, { ...env(), TEMPORAL_NAMESPACE: namespace });
    await expect.poll(raised, { timeout: 90_000 }).toContain('namespace short: retention raised');
    expect(await daysOf(namespace)).toBe(90);
  });

  it("answers a page's worth of lists at once, by our dynamic configuration, which the server finds nothing wrong with", async () => {
    const plain = await Connection.connect({ address: service.address, tls: clientTls, interceptors: [] });
    expect(await refusedLists(plain, 'certified', 60).finally(() => plain.close())).toBe(0);
    const config = join(packageRoot(), 'temporal', 'dynamic-config.yaml');
    const { stdout } = await promisify(execFile)(binaries.server.path, ['validate-dynamic-config', config]);
    expect(stdout.trim()).toBe(config);
  });

  it('does not let in a client without one, nor one that asks without TLS', async () => {
    const { TEMPORAL_TLS_CLIENT_CERT_PATH: _c, TEMPORAL_TLS_CLIENT_KEY_PATH: _k, ...bare } = env();
    await expect(setUp(service, bare)).rejects.toThrow(`Temporal does not answer at ${service.address}`);
    await expect(setUp(service, { TEMPORAL_TLS: 'false' })).rejects.toThrow('Temporal does not answer');
  });

  it('is reached by API and worker with a profile of a TOML file', async () => {
    const configFile = file('profiles.toml');
    await writeFile(
      configFile,
      [
        '[profile.production]',
        `address = "${service.address}"`,
        'namespace = "certified"',
        '[profile.production.tls]',
        `client_cert_path = "${file('client.crt')}"`,
        `client_key_path = "${file('client.key')}"`,
        `server_ca_cert_path = "${file('ca.crt')}"`,
        `server_name = "${SERVER}"`,
      ].join('\n'),
    );
    const link = await connectTemporal(
      configSchema.parse({ temporal: { configFile, profile: 'production' } }).temporal,
    );
    try {
      const { namespaceInfo } = await link.client.workflowService.describeNamespace({ namespace: link.namespace });
      expect(namespaceInfo?.name).toBe('certified');
    } finally {
      await link.close();
    }
  });
});

describe('a service that asks for API keys over TLS, and has the defaults of the server', () => {
  let service: TemporalService;
  const env = (permissions: readonly string[]) => ({
    TEMPORAL_NAMESPACE: 'keyed',
    TEMPORAL_TLS_SERVER_CA_CERT_PATH: file('ca.crt'),
    TEMPORAL_TLS_SERVER_NAME: SERVER,
    TEMPORAL_API_KEY: issuer.token(permissions),
  });

  beforeAll(async () => {
    const tls = { serverNameOverride: SERVER, serverRootCACertificate: Buffer.from(authority) };
    service = await startTemporalService({
      ...{ binaries, database, dataDir: file('keyed') },
      isPrepared: await isPrepared(),
      dynamicConfigFile: file('defaults.yaml'),
      tls: frontendTls(),
      tokenKeysUrl: issuer.keysUrl,
      connection: { tls, apiKey: issuer.token(['temporal-system:admin']) },
    });
  });
  afterAll(async () => {
    await service.stop();
  });

  /** By the tests above, where they run too. */
  async function isPrepared(): Promise<boolean> {
    const rows = await database.sql('postgres', "SELECT 1 FROM pg_database WHERE datname = 'temporal'");
    return rows.length > 0;
  }

  it("gets its namespace with an administrator's key, and is worked in with a writer's", async () => {
    const log = await setUp(service, env(['temporal-system:admin']));
    expect(log).toContain('namespace keyed: made, keeps histories for 90 days');
    const configFile = file('keyed.toml');
    await writeFile(
      configFile,
      [
        '[profile.default]',
        `address = "${service.address}"`,
        'namespace = "keyed"',
        `api_key = "${issuer.token(['keyed:write', 'keyed:worker'])}"`,
        '[profile.default.tls]',
        `server_ca_cert_path = "${file('ca.crt')}"`,
        `server_name = "${SERVER}"`,
      ].join('\n'),
    );
    const link = await connectTemporal(configSchema.parse({ temporal: { configFile } }).temporal);
    try {
      expect((await link.client.workflow.count()).count).toBe(0);
      await expect(link.client.workflowService.countWorkflowExecutions({ namespace: 'certified' })).rejects.toThrow(
        /unauthorized/i,
      );
    } finally {
      await link.close();
    }
  });

  it('refuses most of a page of lists by the defaults', async () => {
    const tls = { serverNameOverride: SERVER, serverRootCACertificate: Buffer.from(authority) };
    const apiKey = issuer.token(['temporal-system:admin']);
    const plain = await Connection.connect({ address: service.address, tls, apiKey, interceptors: [] });
    expect(await refusedLists(plain, 'keyed', 60).finally(() => plain.close())).toBeGreaterThan(30);
  });

  it('says so to one whose key may not make it, or who has none', async () => {
    await expect(setUp(service, { ...env(['keyed:write']), TEMPORAL_NAMESPACE: 'other' })).rejects.toThrow(
      /the call to Temporal failed: .*unauthorized/i,
    );
    const { TEMPORAL_API_KEY: _, ...none } = env([]);
    await expect(setUp(service, none)).rejects.toThrow(/unauthorized|does not answer/i);
  });

  it('never has a key shown in what is told', async () => {
    const key = issuer.token(['keyed:write']);
    const told = await setUp(service, { ...env([]), TEMPORAL_API_KEY: key, TEMPORAL_NAMESPACE: 'other' }).then(
      (stdout) => stdout,
      (error: unknown) => inspect(error), // With all that it printed.
    );
    expect(told).toContain('unauthorized');
    expect(told).not.toContain(key);
  });
});
