import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { prepare } from '../../../src/cli/prepare.ts';
import type { Part } from '../../../src/config/check-secrets.ts';
import { ConfigError } from '../../../src/config/config-error.ts';

let folder: string;
let config: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mendloop-prepare-'));
  config = join(folder, 'mendloop.yaml');
  writeFileSync(
    config,
    `
api:
  webhookToken: { file: ${folder}/webhook }
  publicUrl: https://mendloop.example.com
  linkSecret: { file: ${folder}/links }
  users: [{ name: ann, token: { file: ${folder}/ann }, roles: [viewer] }]
prometheus: { url: http://127.0.0.1:9, bearer: { file: ${folder}/prometheus } }
policy: { engine: server, server: { url: http://127.0.0.1:9, bearer: { file: ${folder}/opa } } }
flags: { provider: ofrep, endpoint: { url: http://127.0.0.1:9, bearer: { file: ${folder}/flags } } }
orders: { signingKey: { file: ${folder}/orders } }
audit:
  store:
    type: postgres
    host: 127.0.0.1
    user: mendloop
    password: { file: ${folder}/store }
    retention: { user: keeper, password: { file: ${folder}/keeper } }
    tls: { caFile: ${folder}/ca }
  signingKey: { file: ${folder}/key }
  shipping: { sinks: { siem: { type: otlp, endpoint: { url: http://127.0.0.1:9, bearer: { file: ${folder}/siem } } } } }
`,
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

async function missing(part: Part): Promise<string[]> {
  const error: unknown = await prepare({ config }, part).catch((reason: unknown) => reason);
  if (!(error instanceof ConfigError)) throw error;
  return error.problems.map(({ key }) => key).sort();
}

const OF_THE_API = ['api.users.0.token', 'api.webhookToken', 'orders.signingKey'];
const OF_BOTH = [
  ...['api.linkSecret', 'policy.server.bearer', 'flags.endpoint.bearer'],
  ...['audit.store.password', 'audit.store.tls.caFile'],
];
const OF_THE_WORKER = [
  'audit.signingKey',
  'prometheus.bearer',
  'audit.store.retention.password',
  'audit.shipping.sinks.siem.endpoint.bearer',
];

it.each<[Part, string[]]>([
  ['everything', [...OF_THE_API, ...OF_BOTH, ...OF_THE_WORKER]],
  ['api', [...OF_THE_API, ...OF_BOTH]],
  ['worker', [...OF_BOTH, ...OF_THE_WORKER]],
])('names at start each secret that cannot be read, of those that it uses: %s', async (part, keys) => {
  expect(await missing(part)).toEqual(keys.toSorted());
});
