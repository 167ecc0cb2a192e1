import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createLeaseActivities, type LeaseActivities, type LeaseWatch } from '../../src/activities/lease.ts';
import { createPrometheusClient, type PrometheusClient } from '../../src/clients/prometheus/prometheus-client.ts';
import { configSchema } from '../../src/config/schema.ts';
import type { LeaseStep } from '../../src/domain/lease/lease.ts';
import type { Sample } from '../../src/domain/verification/measurement.ts';
import { leaseClauseSchema } from '../../src/domain/plan/lease-clause.ts';
import { querySchema } from '../../src/domain/plan/query.ts';
import {
  ensureServers,
  type PrometheusServer,
  type ServerBinary,
  startPrometheus,
  terminalProgress,
} from '../../dev/stack/index.ts';

/** What one unit carries, in requests a second; with 30 % on top, five of them carry up to 76. */
const CAPACITY = 20;
const HIGH = 90;
const LOW = 40;

/** Requests a second by service, as the exporter says them; each test has a service of its own. */
const load = new Map<string, number>();
const exporter = createServer((_request, response) => {
  const lines = [...load].map(([service, value]) => `load{service="${service}"} ${value}\n`);
  response.setHeader('content-type', 'text/plain; version=0.0.4').end(lines.join(''));
});

let binary: ServerBinary;
let dataDir: string;
let config: string;
let server: PrometheusServer;
let client: PrometheusClient;
let activities: LeaseActivities;
/** Questions that Prometheus was asked by the activities so far. */
let asked = 0;

type Measure = LeaseActivities['measureSignal'];
type Await = LeaseActivities['awaitLeaseStep'];

const anEnvironment = () => new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
const eventually = <T>(look: () => T) => expect.poll(look, { timeout: 90_000, interval: 50 });
const ofService = (service: string, expr = 'sum(load{service=$service})') =>
  querySchema.parse({ expr, vars: { service } });

function measure(service: string, { expr, maxAgeSeconds = 5 }: { expr?: string; maxAgeSeconds?: number } = {}) {
  const signal = { query: ofService(service, expr), maxAgeSeconds };
  return anEnvironment().run<Parameters<Measure>, Sample, Measure>(activities.measureSignal, signal);
}
const measured = async (service: string, options: Parameters<typeof measure>[1] = {}) => {
  const sample = await measure(service, options);
  return sample.status === 'known' ? sample.value : sample.reason;
};

/** A service under some load, known to Prometheus. */
async function aService(value: number): Promise<string> {
  const service = `s${load.size}`;
  load.set(service, value);
  onTestFinished(() => void load.set(service, HIGH));
  await eventually(() => measured(service)).toBe(value);
  return service;
}

/** A watch of five replicas that were two before. */
function watchOf(
  service: string,
  more: Partial<Omit<LeaseWatch, 'clause'>> & { clause?: object; expr?: string } = {},
): LeaseWatch {
  const { clause, expr, ...rest } = more;
  return {
    current: 5,
    bounds: { floor: 2, ceiling: 5 },
    capacityPerUnit: CAPACITY,
    settleSeconds: 0.1,
    deadlineSeconds: 60,
    maxAgeSeconds: 5,
    ...rest,
    clause: leaseClauseSchema.parse({
      load: { name: 'requests', query: ofService(service, expr), unit: 'req/s' },
      checkSeconds: 0.2,
      ...clause,
    }),
  };
}

/** The activity at work, and what can be seen of it meanwhile. */
function start(watch: LeaseWatch) {
  const environment = anEnvironment();
  let pulses = 0;
  environment.on('heartbeat', () => (pulses += 1));
  const before = asked;
  let hasEnded = false;
  const step = environment
    .run<Parameters<Await>, LeaseStep, Await>(activities.awaitLeaseStep, watch)
    .finally(() => (hasEnded = true));
  step.catch(() => undefined); // Whoever wants to hear of a failure awaits it.
  return {
    step,
    environment,
    pulses: () => pulses,
    hasEnded: () => hasEnded,
    /** Settles when it has looked at the load so often from now on. */
    looksAgain: async (times: number) => {
      const from = asked;
      await eventually(() => asked - from).toBeGreaterThanOrEqual(times + 1); // Value and freshness are one question.
    },
    looks: () => asked - before,
  };
}

beforeAll(async () => {
  await once(exporter.listen(0, '127.0.0.1'), 'listening');
  const { port } = exporter.address() as AddressInfo;
  ({ prometheus: binary } = await ensureServers(['prometheus'], { progress: terminalProgress() }));
  dataDir = await mkdtemp(join(tmpdir(), 'mendloop-lease-'));
  config = [
    'global: { scrape_interval: 500ms, scrape_timeout: 500ms }',
    'scrape_configs:',
    `  - { job_name: exporter, static_configs: [{ targets: ['127.0.0.1:${port}'] }] }`,
  ].join('\n');
  server = await startPrometheus({ binary, dataDir, config });
  client = createPrometheusClient(
    configSchema.parse({ prometheus: { url: server.url, timeoutSeconds: 5 } }).prometheus,
  );
  const counted: PrometheusClient = {
    ...client,
    instantQuery: (expr, options) => {
      asked += 1;
      return client.instantQuery(expr, options);
    },
  };
  activities = createLeaseActivities({ prometheus: counted });
});

afterAll(async () => {
  await (client as PrometheusClient | undefined)?.close();
  await (server as PrometheusServer | undefined)?.stop();
  exporter.closeAllConnections();
  exporter.close();
  await rm(dataDir, { recursive: true, force: true });
});

describe('measureSignal', () => {
  it('gives the load as it is now', async () => {
    const service = await aService(HIGH);
    load.set(service, LOW);
    await eventually(() => measured(service)).toBe(LOW);
  });

  it('knows nothing of a series that has left, unless the expression says that this is a zero', async () => {
    const service = await aService(LOW);
    load.delete(service);
    await eventually(() => measured(service)).toBe('empty');
    const expr = 'sum(load{service=$service}) or vector(0)';
    expect(await measured(service, { expr })).toBe(0);
  });

  it('fails for good on an expression that can never be judged', async () => {
    await expect(measure('any', { expr: 'rate(load)' })).rejects.toMatchObject({
      type: 'QueryInvalid',
      nonRetryable: true,
    });
  });
});

describe('awaitLeaseStep', () => {
  it('waits while the load is high, and steps down when it has fallen', async () => {
    const service = await aService(HIGH);
    const running = start(watchOf(service));
    await running.looksAgain(3);
    expect(running.hasEnded()).toBe(false);
    load.set(service, LOW);
    expect(await running.step).toEqual({ kind: 'down', to: 4, reason: 'requests 40 req/s fits 3' });
  });

  it.each([
    ['as far as the load allows', { step: 10 }, LOW, 3],
    ['never below the floor', { step: 10 }, 1, 2],
    ['with more headroom less far', { step: 10, headroom: 0.9 }, LOW, 4],
  ])('steps down %s', async (_, clause, value, to) => {
    const service = await aService(value);
    expect(await start(watchOf(service, { clause })).step).toMatchObject({ kind: 'down', to });
  });

  it('does not take one look for a proof', async () => {
    const service = await aService(LOW);
    const running = start(watchOf(service));
    expect(await running.step).toMatchObject({ kind: 'down' });
    expect(running.looks()).toBe(2);
    // The time is over after the first look.
    const short = watchOf(service, { deadlineSeconds: 0.1, settleSeconds: 0.1 });
    expect(await start(short).step).toEqual({ kind: 'stay', reason: 'requests 40 req/s fits 3' });
  });

  it('says so when there is nothing to give back', async () => {
    const service = await aService(LOW);
    expect(await start(watchOf(service, { current: 2 })).step).toEqual({ kind: 'done', reason: 'back at 2' });
  });

  it('stays until the deadline while the load is high, and gives signs of life', async () => {
    const service = await aService(HIGH);
    const startedAt = performance.now();
    const running = start(watchOf(service, { deadlineSeconds: 3 }));
    expect(await running.step).toEqual({ kind: 'stay', reason: 'requests 90 req/s needs 6' });
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(2990);
    expect(running.looks()).toBeGreaterThan(2);
    expect(running.pulses()).toBeGreaterThan(0);
  });

  it('takes nothing away when the series has left', async () => {
    // High at first: what comes then must not be taken for a load that fell.
    const service = await aService(HIGH);
    const running = start(watchOf(service, { deadlineSeconds: 5 }));
    await running.looksAgain(2);
    load.delete(service);
    expect(await running.step).toEqual({ kind: 'stay', reason: 'requests is unknown (empty)' });
  });

  it('takes nothing away without knowing what one replica carries', async () => {
    const service = await aService(LOW);
    const watch = watchOf(service, { capacityPerUnit: undefined, deadlineSeconds: 0.5 });
    expect(await start(watch).step).toEqual({ kind: 'stay', reason: 'what one unit carries is unknown' });
  });

  it('takes nothing away while Prometheus is gone, and goes on when it is back', async () => {
    const service = await aService(HIGH);
    const running = start(watchOf(service));
    await running.looksAgain(2);
    const port = Number(new URL(server.url).port);
    await server.process.kill();
    await eventually(() => measured(service)).toBe('unavailable');
    load.set(service, LOW);
    const before = asked;
    await eventually(() => asked - before).toBeGreaterThanOrEqual(4);
    expect(running.hasEnded()).toBe(false);
    server = await startPrometheus({ binary, dataDir, config, port });
    expect(await running.step).toMatchObject({ kind: 'down', to: 4 });
  });

  it('ends at once when cancelled while it settles', async () => {
    const service = await aService(HIGH);
    const running = start(watchOf(service, { settleSeconds: 600, deadlineSeconds: 6000 }));
    running.environment.cancel('CANCELLED');
    await endsPromptly(running);
    expect(running.looks()).toBe(0);
  });

  it('ends at once when cancelled between two looks', async () => {
    const service = await aService(HIGH);
    const running = start(watchOf(service, { clause: { checkSeconds: 600 }, deadlineSeconds: 6000 }));
    await eventually(running.looks).toBe(1);
    running.environment.cancel('CANCELLED');
    await endsPromptly(running);
  });

  it('ends at once when cancelled while Prometheus hangs', async () => {
    const service = await aService(HIGH);
    const running = start(watchOf(service, { deadlineSeconds: 6000 }));
    await running.looksAgain(1);
    process.kill(server.process.pid, 'SIGSTOP');
    onTestFinished(() => void process.kill(server.process.pid, 'SIGCONT'));
    // No more questions: the last one has no answer.
    let seen = -1;
    await expect
      .poll(
        () => {
          const isQuiet = asked === seen;
          seen = asked;
          return isQuiet;
        },
        { timeout: 90_000, interval: 1000 },
      )
      .toBe(true);
    running.environment.cancel('CANCELLED');
    await endsPromptly(running);
  });

  async function endsPromptly({ step }: ReturnType<typeof start>): Promise<void> {
    const cancelledAt = performance.now();
    await expect(step).rejects.toMatchObject({ name: 'CancelledFailure' });
    // It waits for no answer: that would be given up after the client's five seconds.
    expect(performance.now() - cancelledAt).toBeLessThan(4500);
  }
});
