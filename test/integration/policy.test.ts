import { copyFile, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { openOpaServer } from '../../src/clients/policy/opa-server.ts';
import { openPolicyBundle } from '../../src/clients/policy/policy-bundle.ts';
import type { PolicyClock } from '../../src/clients/policy/policy-clock.ts';
import type { LivePolicy, PolicyEvents } from '../../src/clients/policy/policy-engine.ts';
import { readSamples, type Samples } from '../../src/clients/policy/lint/read-samples.ts';
import { configSchema } from '../../src/config/schema.ts';
import type { Alert } from '../../src/domain/alert/alert.ts';
import { policyAnswerSchema } from '../../src/domain/decision.ts';
import { ensureServers, terminalProgress } from '../../dev/stack/index.ts';
import { anAlert } from '../support/alerts.ts';
import { buildRego, buildWasm, type OpaServer, POLICY, startOpa } from '../support/opa.ts';
import { type LocalServer, serve } from '../unit/prometheus/local-server.ts';

let opa: string;
let folder: string;
let samples: Samples;
const wasm = () => join(folder, 'wasm.tar.gz');
const rego = (revision: string) => join(folder, `${revision}.tar.gz`);

const opened: { stop(): Promise<void> }[] = [];
const inUse = <T extends { close(): Promise<void> }>(part: T): T => {
  opened.push({ stop: () => part.close() });
  return part;
};

beforeAll(async () => {
  opa = (await ensureServers(['opa'], { progress: terminalProgress() })).opa.path;
  folder = await mkdtemp(join(tmpdir(), 'mendloop-policy-'));
  await buildWasm({ opa, output: wasm(), revision: 'r1' });
  await buildRego({ opa, output: rego('r1'), revision: 'r1' });
  await buildRego({ opa, output: rego('r2'), revision: 'r2' });
  const sampled = await readSamples(opa, [POLICY]);
  if (!sampled.ok) throw new Error(sampled.finding.message);
  samples = sampled.samples;
});

afterEach(async () => {
  for (const part of opened.splice(0).toReversed()) await part.stop();
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const openServer = async (url: string, events: PolicyEvents & PolicyClock = {}): Promise<LivePolicy> => {
  const { server } = configSchema.parse({ policy: { engine: 'server', server: { url, timeoutSeconds: 20 } } }).policy;
  if (server === undefined) throw new Error('no server in the settings');
  return inUse(await openOpaServer({ settings: server, ...events }));
};
const start = async (args: readonly string[], port?: number): Promise<OpaServer> => {
  const server = await startOpa({ opa, dataDir: join(folder, 'opa'), args, ...(port === undefined ? {} : { port }) });
  opened.push(server);
  return server;
};
const alertWith = (labels: Readonly<Record<string, string>>): Alert =>
  anAlert({ labels, annotations: {}, startsAt: '2026-01-01T00:00:00Z' });
const sampledLabels = () =>
  [...Object.values(samples.rules), ...Object.values(samples.catalogue)].flatMap((group) =>
    group.samples.map(({ labels }) => labels),
  );

describe('the policy that comes with Mendloop, in both engines', () => {
  it('answers alike, in the shape of a decision, to every alert that it knows', async () => {
    const bundle = inUse(await openPolicyBundle({ path: wasm() }));
    const server = await openServer((await start(['--bundle', rego('r1')])).url);
    const hostile = [
      {},
      { alertname: '' },
      { alertname: '__proto__' },
      { alertname: 'constructor', severity: 'toString' },
      {
        alertname: 'PodCPUThrottling',
        severity: 'critical',
        team: 'platform',
        namespace: '__proto__',
        pod: 'a"} or 1',
      },
      { alertname: 'HighRequestLatency', service: 'x'.repeat(100_000) },
    ];
    const labels = [...sampledLabels(), ...hostile];
    expect(labels.length).toBeGreaterThan(350);
    const verdicts = new Set<string>();
    for (const each of labels) {
      const alert = alertWith(each);
      const decision = await bundle.decide({ alert, cluster: 'default' });
      verdicts.add(decision.verdict);
      const { policyRevision, ...answer } = decision;
      expect(policyRevision).toBe('r1');
      expect(policyAnswerSchema.parse(answer)).toEqual(answer);
      expect(await server.decide({ alert, cluster: 'default' })).toEqual(decision);
    }
    expect([...verdicts].toSorted()).toEqual(['human', 'observe', 'reject']);
  });
});

describe('a bundle in this process', () => {
  const copyOf = async () => {
    const path = join(folder, 'followed.tar.gz');
    await copyFile(wasm(), path);
    return path;
  };
  const replace = async (path: string, from: string) => {
    await copyFile(from, `${path}.new`);
    await rename(`${path}.new`, path);
  };
  const revisionOf = (policy: LivePolicy) => expect.poll(() => policy.revision, { timeout: 90_000, interval: 50 });

  it('is followed, and the last good one stays through a broken, a missing and a foreign one', async () => {
    const path = await copyOf();
    const onError = vi.fn();
    const policy = inUse(await openPolicyBundle({ path, onError }));
    expect([policy.ready, policy.revision]).toEqual([true, 'r1']);

    await writeFile(`${path}.new`, 'no bundle');
    await rename(`${path}.new`, path);
    await expect.poll(() => onError.mock.calls.length, { timeout: 90_000 }).toBe(1);
    await replace(path, rego('r1'));
    await expect.poll(() => onError.mock.calls.length, { timeout: 90_000 }).toBe(2);
    await rm(path);
    await expect.poll(() => onError.mock.calls.length, { timeout: 90_000 }).toBe(3);
    const decision = await policy.decide({ alert: anAlert(), cluster: 'default' });
    expect(decision).toMatchObject({ verdict: 'observe', policyRevision: 'r1' });

    await buildWasm({ opa, output: join(folder, 'next.tar.gz'), revision: 'r3' });
    await replace(path, join(folder, 'next.tar.gz'));
    await revisionOf(policy).toBe('r3');
  });

  it('that is not there at the start is waited for', async () => {
    const path = join(folder, 'late.tar.gz');
    const policy = inUse(await openPolicyBundle({ path }));
    await expect(policy.decide({ alert: anAlert(), cluster: 'default' })).rejects.toMatchObject({
      type: 'PolicyUnavailable',
    });
    await replace(path, wasm());
    await revisionOf(policy).toBe('r1');
  });

  it("takes a folder of one's own over it: data by key, rules beside", async () => {
    const own = await mkdtemp(join(folder, 'own-'));
    await writeFile(join(own, 'ours.rego'), OUR_RULE);
    await writeFile(
      join(own, 'data.json'),
      JSON.stringify({ overrides: { services: { 'order-service': { scale: { replicas: 4 } } } } }),
    );
    const output = join(folder, 'own.tar.gz');
    await buildWasm({ opa, output, revision: 'own', sources: [POLICY, own] });
    const policy = inUse(await openPolicyBundle({ path: output }));
    const decide = (labels: Record<string, string>) => policy.decide({ alert: alertWith(labels), cluster: 'default' });
    expect(await decide({ alertname: 'OrderServiceCPUThrottling', severity: 'critical' })).toMatchObject({
      plan: { parameters: { replicas: 4 } },
    });
    expect(await decide({ alertname: 'Ours' })).toMatchObject({
      rule: 'ours',
      plan: { target: { name: 'order-service' } },
    });
  });
});

describe('rules about hours and days', () => {
  const NIGHTS = [
    'plan := lib.scale_service("order-service") if input.now.hour >= 22',
    'refuses contains "not on Sundays" if input.now.weekday == "Sunday"',
    'examples_now := {"hour": 23}',
  ].join('\n\n');

  it('have a clock, the same in both engines', async () => {
    const own = await mkdtemp(join(folder, 'clock-'));
    await writeFile(join(own, 'ours.rego'), OUR_RULE.replace(/plan := .*\n$/, `${NIGHTS}\n`));
    const sources = [POLICY, own];
    await buildWasm({ opa, output: join(own, 'wasm.tar.gz'), revision: 'clock', sources });
    await buildRego({ opa, output: join(own, 'rego.tar.gz'), revision: 'clock', sources });
    let time = '2026-03-02T22:00:00Z';
    const now = () => Date.parse(time);
    const bundle = inUse(await openPolicyBundle({ path: join(own, 'wasm.tar.gz'), now }));
    const server = await openServer((await start(['--bundle', join(own, 'rego.tar.gz')])).url, { now });
    const question = { alert: alertWith({ alertname: 'Ours' }), cluster: 'default' };
    for (const [at, answer] of [
      ['2026-03-02T22:00:00Z', { verdict: 'plan', rule: 'ours' }],
      ['2026-03-02T21:59:59Z', { verdict: 'reject', rule: 'ours' }],
      ['2026-03-01T23:00:00Z', { verdict: 'reject', reason: 'not on Sundays' }],
    ] as const) {
      time = at;
      const decision = await bundle.decide(question);
      expect(decision).toMatchObject(answer);
      expect(await server.decide(question)).toEqual(decision);
    }
  });
});

describe('a bundle whose data does not fit', () => {
  it.each<[string, object]>([
    ['aproval', { services: { 'order-service': { aproval: { quorum: 2 } } } }],
    ['maxReplica', { limits: { maxReplica: 3 } }],
    ['lese', { parameters: { mine: { lese: {} } } }],
  ])('is refused when it is loaded: %s', async (typo, overrides) => {
    const own = await mkdtemp(join(folder, 'unfit-'));
    await writeFile(join(own, 'data.json'), JSON.stringify({ overrides }));
    const output = join(own, 'bundle.tar.gz');
    await buildWasm({ opa, output, revision: 'unfit', sources: [POLICY, own] });
    const faults: string[] = [];
    const policy = inUse(await openPolicyBundle({ path: output, onError: ({ message }) => void faults.push(message) }));
    expect(policy.ready).toBe(false);
    expect(faults).toEqual([expect.stringMatching(`overrides\\.\\S*\\.${typo} is not a known key; did you mean`)]);
  });
});

describe('a bundle that calls what the engine does not have', () => {
  it.each(['semver.compare("1.0.0", "2.0.0") == -1', 'time.now_ns() > 0', 'units.parse("1K") == 1000'])(
    'is refused when it is loaded, by name and file: %s',
    async (call) => {
      const own = await mkdtemp(join(folder, 'lacking-'));
      await writeFile(join(own, 'ours.rego'), OUR_RULE.replace(/\n$/, ` if ${call}\n`));
      const output = join(own, 'bundle.tar.gz');
      await buildWasm({ opa, output, revision: 'lacking', sources: [POLICY, own] });
      const faults: string[] = [];
      const policy = inUse(
        await openPolicyBundle({ path: output, onError: ({ message }) => void faults.push(message) }),
      );
      expect(policy.ready).toBe(false);
      expect(faults).toEqual([expect.stringContaining(`no built-in function ${call.split('(')[0]} (`)]);
      expect(faults[0]).toContain('ours.rego');
    },
  );
});

const OUR_RULE = `package mendloop.rules.ours

import data.mendloop.lib

wants := {"alertname": "Ours"}

plan := lib.scale_service("order-service")
`;

describe('an OPA server', () => {
  it('gets its bundles and sends its decision log, in which a decision is found by its ID', async () => {
    const log: { decision_id: string; path: string; input?: { alert: Alert }; result?: unknown }[] = [];
    let bundle = rego('r1');
    const outside: LocalServer = await serve((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        if (request.method === 'POST') {
          log.push(...(JSON.parse(gunzipSync(Buffer.concat(chunks)).toString()) as typeof log));
          response.end();
        } else {
          void readFile(bundle).then((content) => response.setHeader('content-type', 'application/gzip').end(content));
        }
      });
    });
    opened.push({ stop: () => outside.close() });
    const config = join(folder, 'opa.yaml');
    await writeFile(config, opaConfig(outside.url));
    const onReload = vi.fn();
    const policy = await openServer((await start(['--config-file', config])).url, { onReload });
    await expect.poll(() => policy.ready, { timeout: 90_000 }).toBe(true);

    const alert = anAlert();
    const decision = await policy.decide({ alert, cluster: 'default' });
    expect(decision).toMatchObject({ verdict: 'observe', rule: 'order_service_cpu_throttling', policyRevision: 'r1' });
    expect(decision.decisionId).toMatch(/^[0-9a-f-]{36}$/);
    const entry = () => log.find(({ decision_id }) => decision_id === decision.decisionId);
    await expect.poll(entry, { timeout: 90_000 }).toMatchObject({
      path: 'mendloop/decision',
      input: { alert: { fingerprint: alert.fingerprint } },
      result: { rule: 'order_service_cpu_throttling' },
    });

    bundle = rego('r2');
    await expect
      .poll(async () => (await policy.decide({ alert, cluster: 'default' })).policyRevision, { timeout: 90_000 })
      .toBe('r2');
    expect(onReload.mock.calls).toEqual([[{ revision: 'r1' }], [{ revision: 'r2' }]]);
  });

  it('that has no bundle yet, or is away, is waited for', async () => {
    const outside = await serve((_, response) => response.writeHead(503).end());
    opened.push({ stop: () => outside.close() });
    const config = join(folder, 'waiting.yaml');
    await writeFile(config, opaConfig(outside.url));
    const empty = await start(['--config-file', config]);
    const policy = await openServer(empty.url);
    const decide = () => policy.decide({ alert: anAlert(), cluster: 'default' });
    await expect(decide()).rejects.toMatchObject({ type: 'PolicyUnavailable' });
    await empty.stop();
    await expect(decide()).rejects.toMatchObject({ type: 'PolicyUnavailable' });
    await start(['--bundle', rego('r1')], Number(new URL(empty.url).port));
    await expect.poll(() => policy.ready, { timeout: 90_000 }).toBe(true);
    expect(await decide()).toMatchObject({ verdict: 'observe', policyRevision: 'r1' });
  });

  it('without the decision is a fault of the policy, not of the server', async () => {
    const other = join(folder, 'other.rego');
    await writeFile(other, 'package other\n\nx := 1\n');
    const policy = await openServer((await start([other])).url);
    await expect(policy.decide({ alert: anAlert(), cluster: 'default' })).rejects.toMatchObject({
      type: 'PolicyAnswerInvalid',
    });
  });
});

const opaConfig = (url: string) =>
  JSON.stringify({
    services: { outside: { url } },
    bundles: {
      mendloop: {
        service: 'outside',
        resource: '/bundle.tar.gz',
        polling: { min_delay_seconds: 1, max_delay_seconds: 1 },
      },
    },
    decision_logs: { service: 'outside', reporting: { min_delay_seconds: 1, max_delay_seconds: 1 } },
  });

it("the example of a folder of one's own builds", async () => {
  const output = join(folder, 'demo.tar.gz');
  await buildWasm({
    opa,
    output,
    revision: 'demo',
    sources: [POLICY, join(POLICY, '..', 'examples', 'flash-sale', 'policy')],
  });
  const policy = inUse(await openPolicyBundle({ path: output }));
  const decision = await policy.decide({ alert: anAlert(), cluster: 'default' });
  expect(decision).toMatchObject({
    verdict: 'plan',
    mode: 'auto',
    plan: {
      parameters: { replicas: 5 },
      budget: { name: 'default', expectedHours: 4 },
      guards: { cooldownSeconds: 0, flapSeconds: 0 },
      verification: { deadlineSeconds: 20, neighbours: [{ name: 'catalog p95 latency', minChange: 0.5 }] },
      watchSeconds: 120,
    },
  });
  expect(decision).not.toHaveProperty('plan.lease');
  expect(decision).not.toHaveProperty('plan.approval');
});
