import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  createPrometheusActivities,
  type ObjectiveLook,
  type PrometheusActivities,
  type PrometheusActivityParts,
} from '../../../src/activities/prometheus.ts';
import { createPrometheusClient } from '../../../src/clients/prometheus/prometheus-client.ts';
import type { Standing } from '../../../src/domain/actions/effects.ts';
import { MendloopError } from '../../../src/domain/failures.ts';
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

async function setUp(
  script: Partial<Script> = {},
  settings: Partial<PrometheusSettings> = {},
  parts: Partial<PrometheusActivityParts> = {},
) {
  const server = await startScriptedPrometheus(script);
  const prometheus = createPrometheusClient({ ...server.settings, ...settings });
  onTestFinished(async () => {
    await server.close();
    await prometheus.close();
  });
  const activities = createPrometheusActivities({ prometheus, ...parts });
  return { server, script: server.script, activities };
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

function aStandingRequest(): NonNullable<VerifyInput['lever']> {
  const target = { cluster: 'c', namespace: 'shop', kind: 'Deployment', name: 'orders' };
  return {
    remediationId: 'remediation/c/HighLatency/0123456789abcdef/1',
    planned: {
      action: 'scale',
      version: 1,
      target,
      uid: 'u',
      change: {},
      isDone: false,
      title: 'scale',
      awaits: '5 ready replicas',
      undo: 'exact',
      command: 'kubectl scale',
      locks: [],
      readings: [],
      labels: {},
    },
    result: { changed: true, text: 'Scaled 2 -> 5', handle: {} },
  };
}

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
    expect(measured).toMatchObject({ objective: away, neighbours: [{ name: 'checkout', sample: away }] });
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

describe('awaitObjectiveBroken', () => {
  type Await = PrometheusActivities['awaitObjectiveBroken'];
  type Input = Parameters<Await>[0];
  const look = (activities: PrometheusActivities, more: Partial<Input> = {}) =>
    anEnvironment().environment.run<[Input], ObjectiveLook, Await>(activities.awaitObjectiveBroken, {
      verification: aVerification({ neighbours }),
      times: 3,
      intervalSeconds: 0.01,
      ...more,
    });

  it('ends with the first measurement that is not met, and the baseline of that moment', async () => {
    const values = ['0.1', '0.1', '0.9', '0.1'];
    const { activities } = await setUp({ answer: (query) => [query === 'p95' ? (values.shift() ?? '7') : '0.3'] });
    expect(await look(activities)).toMatchObject({
      objective: { status: 'not_met', text: 'p95 0.9 s, wanted <= 0.2 s' },
      baseline: { objective: { value: 0.9 }, neighbours: [{ name: 'checkout', sample: { value: 0.3 } }] },
    });
    expect(values).toEqual(['0.1']);
  });

  it('says that it is met still after so many measurements', async () => {
    let reads = 0;
    const { activities } = await setUp({ answer: (query) => [query === 'p95' ? String((reads += 1) / 1000) : '0.3'] });
    expect(await look(activities)).toMatchObject({
      objective: { status: 'met' },
      baseline: { objective: { value: 0.003 } },
    });
  });

  it('waits for a series that is young', async () => {
    const values = [[], [], ['0.9']];
    const { activities } = await setUp({ answer: (query) => (query === 'p95' ? (values.shift() ?? []) : ['0.3']) });
    expect(await look(activities)).toMatchObject({ objective: { status: 'not_met' } });
  });

  it('says which series is missing, where none comes', async () => {
    const { activities } = await setUp({ answer: () => [], age: undefined });
    expect(await look(activities)).toMatchObject({
      objective: { status: 'unknown', text: 'p95 cannot be measured: unknown (empty): no series p95; asked: p95' },
    });
  });

  it('does not count the times at which Prometheus is away', async () => {
    let asked = 0;
    const busy = { status: 503, body: '' };
    const { activities } = await setUp({ answer: () => ((asked += 1) <= 12 ? busy : ['0.9']) });
    expect(await look(activities, { times: 1 })).toMatchObject({ objective: { status: 'not_met' } });
  });

  it('gives up a Prometheus that stays away as the plan gives up an unproven cure', async () => {
    const { activities, server } = await setUp();
    await server.close();
    const verification = aVerification({ deadlineSeconds: 0.05 });
    expect(await look(activities, { verification })).toMatchObject({
      objective: { status: 'unknown' },
      baseline: { objective: { reason: 'unavailable' } },
    });
  });

  it('fails for good on an expression that cannot be judged', async () => {
    const { activities } = await setUp();
    const verification = aVerification({ neighbours: [{ name: 'checkout', query: { expr: 'sum(' } }] });
    await expect(look(activities, { verification })).rejects.toMatchObject({ type: 'QueryInvalid' });
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

  it('goes on through 422, which depends on data and load', async () => {
    let asked = 0;
    const body = { status: 'error', errorType: 'execution', error: 'no store matches this query' };
    const { activities } = await setUp({ answer: () => ((asked += 1) <= 4 ? { status: 422, body } : ['0.14']) });
    const report = await verify(anEnvironment().environment, activities, { verification: aVerification(), baseline });
    expect(report).toMatchObject({ verdict: 'good', samplesTaken: 7 });
    expect(report.samples.slice(0, 4).map((sample) => 'reason' in sample && sample.reason)).toEqual(
      Array.from({ length: 4 }, () => 'unavailable'),
    );
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

describe('verifyRemediation of what can be moved', () => {
  const lever = aStandingRequest();

  it('proves a cure while what was set stands, and looks with every sample', async () => {
    const looks: unknown[] = [];
    const watchLever = (asked: unknown) => {
      looks.push(asked);
      return Promise.resolve<Standing>({ status: 'stands' });
    };
    const { activities } = await setUp({}, {}, { watchLever });
    const input = { verification: aVerification(), baseline, lever };
    expect(await verify(anEnvironment().environment, activities, input)).toMatchObject({ verdict: 'good' });
    expect(looks).toEqual([lever, lever, lever]);
  });

  it.each<Standing>([
    { status: 'moved', text: 'argocd set 2 replicas', expected: '5', found: '2', by: 'argocd' },
    { status: 'gone', text: 'argocd set 2 replicas' },
  ])('ends at once when it does not stand: %j', async (standing) => {
    let looks = 0;
    const watchLever = () => Promise.resolve<Standing>((looks += 1) === 1 ? { status: 'stands' } : standing);
    const { activities } = await setUp({}, {}, { watchLever });
    const input = { verification: aVerification(), baseline, lever };
    expect(await verify(anEnvironment().environment, activities, input)).toMatchObject({
      verdict: 'inconclusive',
      failure: 'LeverMoved',
      samplesTaken: 2,
      summary: 'argocd set 2 replicas, so that a cure would not be that of this remediation: p95 0.1 s now; was 1.9 s',
    });
  });

  it('waits with its verdict until it can see it', async () => {
    let looks = 0;
    const watchLever = () =>
      (looks += 1) <= 5
        ? Promise.reject(new MendloopError('KubernetesUnavailable', 'away'))
        : Promise.resolve<Standing>({ status: 'stands' });
    const { activities } = await setUp({}, {}, { watchLever });
    const input = { verification: aVerification(), baseline, lever };
    expect(await verify(anEnvironment().environment, activities, input)).toMatchObject({
      verdict: 'good',
      samplesTaken: 6,
    });
  });

  it('is inconclusive at the deadline if it cannot be seen, and not held up by what hangs', async () => {
    const hanging = Promise.withResolvers<Standing>();
    const { activities } = await setUp({}, {}, { watchLever: () => hanging.promise });
    const { environment } = anEnvironment();
    const input = { verification: aVerification({ deadlineSeconds: 3 }), baseline, lever };
    const running = verify(environment, activities, input);
    hanging.reject(new Error('at last'));
    expect(await running).toMatchObject({
      verdict: 'inconclusive',
      failure: 'VerificationInconclusive',
      summary: expect.stringContaining('could not be seen that the change stands') as string,
    });
  });

  it('ends at once when cancelled while it hangs', async () => {
    const { activities } = await setUp({}, {}, { watchLever: () => new Promise<Standing>(() => undefined) });
    const { environment } = anEnvironment();
    environment.once('heartbeat', () => {
      environment.cancel('CANCELLED');
    });
    const running = verify(environment, activities, { verification: aVerification(), baseline, lever });
    await expect(running).rejects.toMatchObject({ name: 'CancelledFailure' });
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
