import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createPrometheusActivities, type PrometheusActivities } from '../../../src/activities/prometheus.ts';
import { createPrometheusClient } from '../../../src/clients/prometheus/prometheus-client.ts';
import type { Baseline, VerificationReport } from '../../../src/domain/verification/measurement.ts';
import { type Verification, verificationSchema } from '../../../src/domain/plan/verification-clause.ts';
import type { PrometheusSettings } from '../../../src/config/schema.ts';
import { type Script, startScriptedPrometheus } from './scripted-prometheus.ts';

const baseline: Baseline = {
  objective: { at: 990, status: 'known', value: 1.9 },
  neighbours: [{ name: 'checkout', sample: { at: 990, status: 'known', value: 0.2 } }],
};

function aVerification(more: Record<string, unknown> = {}): Verification {
  return verificationSchema.parse({
    objective: { name: 'p95', query: { expr: 'p95' }, comparison: '<=', threshold: 0.2, unit: 's' },
    intervalSeconds: 0.01,
    deadlineSeconds: 30,
    ...more,
  });
}
const neighbours = [{ name: 'checkout', query: { expr: 'checkout' } }];

async function setUp(script: Partial<Script> = {}, settings: Partial<PrometheusSettings> = {}) {
  const server = await startScriptedPrometheus(script);
  const prometheus = createPrometheusClient({ ...server.settings, ...settings });
  onTestFinished(async () => {
    await server.close();
    await prometheus.close();
  });
  return { server, script: server.script, activities: createPrometheusActivities({ prometheus }) };
}

/** An activity's environment that keeps the heartbeats. */
function anEnvironment(heartbeatDetails?: unknown) {
  const environment = new MockActivityEnvironment({ heartbeatDetails }, { logger: new DefaultLogger('ERROR') });
  const heartbeats: { actedAt: number | null; spentMs: number; state: { taken: number } }[] = [];
  environment.on('heartbeat', (details: (typeof heartbeats)[number]) => heartbeats.push(details));
  return { environment, heartbeats };
}

type VerifyRemediation = PrometheusActivities['verifyRemediation'];
type VerifyInput = Parameters<VerifyRemediation>[0];

const verify = (environment: MockActivityEnvironment, activities: PrometheusActivities, input: VerifyInput) =>
  environment.run<[VerifyInput], VerificationReport, VerifyRemediation>(activities.verifyRemediation, input);

describe('measureBaseline', () => {
  it('reads all signals', async () => {
    const { activities } = await setUp({ answer: (query) => [query === 'p95' ? '1.9' : '0.2'] });
    const measured = await anEnvironment().environment.run(activities.measureBaseline, {
      verification: aVerification({ neighbours }),
    });
    expect(measured).toMatchObject({
      objective: { status: 'known', value: 1.9 },
      neighbours: [{ name: 'checkout', sample: { status: 'known', value: 0.2 } }],
    });
  });

  it('gives unknown samples while Prometheus is away', async () => {
    const { activities, server } = await setUp();
    await server.close();
    const measured = await anEnvironment().environment.run(activities.measureBaseline, {
      verification: aVerification({ neighbours }),
    });
    const away = { at: 0, status: 'unknown', reason: 'unavailable' };
    expect(measured).toEqual({ objective: away, neighbours: [{ name: 'checkout', sample: away }] });
  });

  it('fails for good on an expression that cannot be judged', async () => {
    const { activities } = await setUp();
    const verification = aVerification({ neighbours: [{ name: 'checkout', query: { expr: 'sum(' } }] });
    const failing = anEnvironment().environment.run(activities.measureBaseline, { verification });
    await expect(failing).rejects.toMatchObject({
      name: 'ApplicationFailure',
      type: 'QueryInvalid',
      nonRetryable: true,
    });
  });
});

describe('verifyRemediation', () => {
  it('proves a cure from samples in a row', async () => {
    let reads = 0;
    const { activities } = await setUp({ answer: () => [(reads += 1) <= 2 ? '0.9' : '0.14'] });
    const { environment, heartbeats } = anEnvironment();
    const input = { verification: aVerification(), baseline };
    const report = await verify(environment, activities, input);
    expect(report).toMatchObject({
      verdict: 'good',
      worst: 0.9,
      samplesTaken: 5,
      summary: 'p95 0.14 s <= 0.2 s in 3 samples in a row; was 1.9 s',
    });
    expect(heartbeats.at(-1)).toMatchObject({ actedAt: 1000, state: { taken: 5 } });
  });

  it('counts nothing that tells of the time before the act', async () => {
    const { activities } = await setUp();
    const verification = aVerification({
      objective: { name: 'p95', query: { expr: 'rate(x[3s])' }, comparison: '<=', threshold: 0.2 },
    });
    const { samples } = await verify(anEnvironment().environment, activities, { verification, baseline });
    // The act at 1000, one second a sample: from 1003 on the window lies after it.
    expect(samples.map((sample) => (sample.status === 'known' ? sample.at : sample.reason))).toEqual([
      'window_reaches_back',
      'window_reaches_back',
      1003,
      1004,
      1005,
    ]);
  });

  it('stops as soon as a neighbour suffers', async () => {
    const { activities } = await setUp({ answer: (query) => [query === 'p95' ? '0.9' : '0.8'] });
    const input = { verification: aVerification({ neighbours }), baseline };
    const report = await verify(anEnvironment().environment, activities, input);
    expect(report).toMatchObject({ verdict: 'bad', failure: 'ContentionDetected', samplesTaken: 3 });
  });

  it('gives up at the deadline', async () => {
    const { activities } = await setUp({ answer: () => ['0.9'] });
    const input = { verification: aVerification({ deadlineSeconds: 0.1 }), baseline };
    const report = await verify(anEnvironment().environment, activities, input);
    expect(report).toMatchObject({ verdict: 'bad', failure: 'VerificationFailed' });
  });

  it.each([
    ['gone', {}],
    ['hanging', { hangs: true }],
    ['overloaded', { answer: () => ({ status: 503, body: '' }) }],
  ])('is inconclusive when Prometheus is %s until the deadline', async (how, script) => {
    const { activities, server } = await setUp(script, { timeoutSeconds: 0.05 });
    if (how === 'gone') await server.close();
    const input = { verification: aVerification({ neighbours, deadlineSeconds: 0.2 }), baseline };
    const report = await verify(anEnvironment().environment, activities, input);
    expect(report).toMatchObject({
      verdict: 'inconclusive',
      failure: 'VerificationInconclusive',
      after: { status: 'unknown', reason: 'unavailable' },
    });
  });

  it('goes on when Prometheus comes back, and takes the act to lie before that', async () => {
    const { activities, script } = await setUp({ hangs: true }, { timeoutSeconds: 0.05 });
    const { environment, heartbeats } = anEnvironment();
    environment.once('heartbeat', () => {
      script.hangs = false;
      script.clock = 2000;
    });
    const input = { verification: aVerification(), baseline };
    expect(await verify(environment, activities, input)).toMatchObject({ verdict: 'good' });
    expect(heartbeats[0]).toMatchObject({ actedAt: null, state: { taken: 1 } });
    expect(heartbeats.at(-1)).toMatchObject({ actedAt: 2000 });
  });

  it('gives signs of life while Prometheus hangs, and ends at once when cancelled', async () => {
    const { activities } = await setUp({ hangs: true }, { timeoutSeconds: 300 });
    const { environment, heartbeats } = anEnvironment();
    environment.once('heartbeat', () => {
      environment.cancel('CANCELLED');
    });
    const running = verify(environment, activities, { verification: aVerification(), baseline });
    await expect(running).rejects.toMatchObject({ name: 'CancelledFailure' });
    expect(heartbeats).toMatchObject([{ actedAt: null, state: { taken: 0 } }]);
  });

  it('ends at once when cancelled between two samples', async () => {
    const { activities } = await setUp();
    const { environment } = anEnvironment();
    environment.on('heartbeat', ({ state }: { state: { taken: number } }) => {
      if (state.taken === 1) environment.cancel('CANCELLED');
    });
    const verification = aVerification({ intervalSeconds: 300, deadlineSeconds: 3000 });
    const running = verify(environment, activities, { verification, baseline });
    await expect(running).rejects.toMatchObject({ name: 'CancelledFailure' });
  });

  it('fails for good when Prometheus refuses the expression', async () => {
    const body = { status: 'error', errorType: 'bad_data', error: 'unknown function' };
    const { activities } = await setUp({ answer: () => ({ status: 400, body }) });
    const running = verify(anEnvironment().environment, activities, {
      verification: aVerification(),
      baseline,
    });
    await expect(running).rejects.toMatchObject({ type: 'QueryInvalid', nonRetryable: true });
  });
});

describe('verifyRemediation after a crash of the worker', () => {
  /** What the last heartbeat of a worker held that died when `taken` samples had been taken. */
  async function diedAfter(taken: number, verification: Verification) {
    const { activities } = await setUp();
    const { environment, heartbeats } = anEnvironment();
    environment.on('heartbeat', ({ state }: { state: { taken: number } }) => {
      if (state.taken === taken) environment.cancel('CANCELLED');
    });
    await verify(environment, activities, { verification, baseline }).catch(() => undefined);
    return structuredClone(heartbeats.find(({ state }) => state.taken === taken))!;
  }

  it('goes on where it was, the act being where it was, with a new run of samples', async () => {
    const verification = aVerification();
    const details = await diedAfter(2, verification);
    const { activities, script } = await setUp({ clock: 1500 });
    const { environment, heartbeats } = anEnvironment(JSON.parse(JSON.stringify(details)));
    const report = await verify(environment, activities, { verification, baseline });
    expect(report).toMatchObject({ verdict: 'good', samplesTaken: 5 });
    expect(report.samples.map(({ at }) => at)).toEqual([1001, 1002, 1501, 1502, 1503]);
    expect(heartbeats.at(-1)).toMatchObject({ actedAt: 1000 });
    expect(script.queries.some(({ query }) => query === 'time()')).toBe(false);
  });

  it('counts the time that it had spent', async () => {
    const verification = aVerification();
    const details = { ...(await diedAfter(2, verification)), spentMs: 29_999 };
    const { activities } = await setUp({ answer: () => ['0.9'] });
    const { environment } = anEnvironment(details);
    const report = await verify(environment, activities, { verification, baseline });
    expect(report).toMatchObject({ verdict: 'bad', samplesTaken: 3 });
  });

  it.each([
    ['of no known form', () => ({ state: 'v0' })],
    ['of another form', (details: object) => ({ ...details, actedAt: 'yesterday' })],
    ['of another plan', (details: { state: object }) => ({ ...details, state: { ...details.state, worseRuns: [0] } })],
  ])('begins anew with details %s', async (_, change) => {
    const verification = aVerification();
    const details = change(await diedAfter(2, verification));
    const { activities } = await setUp({ clock: 1500 });
    const { environment, heartbeats } = anEnvironment(details);
    const report = await verify(environment, activities, { verification, baseline });
    expect(report).toMatchObject({ verdict: 'good', samplesTaken: 3 });
    expect(heartbeats.at(-1)).toMatchObject({ actedAt: 1500 });
  });
});
