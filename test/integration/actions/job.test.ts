import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createActionEffects } from '../../../src/activities/actions/index.ts';
import type { KubernetesClient } from '../../../src/clients/kubernetes/kubernetes-client.ts';
import { jobAction } from '../../../src/domain/actions/job/job.ts';
import type { JsonObject } from '../../../src/domain/audit/canonical-json.ts';
import { isRetryable, MendloopError } from '../../../src/domain/failures.ts';
import { type Stoppable, waitFor } from '../../../dev/stack/index.ts';
import type { Subject } from '../../support/action-table.ts';
import { actionRun, dyingAfter } from '../../support/action-run.ts';
import { scriptParameters, standingJobs, table } from '../../support/actions/job.ts';
import { startTestCluster, type TestCluster } from '../../support/cluster.ts';
import { startControllers } from '../../support/more-controllers.ts';
import { servePodLogs } from '../../support/pod-logs.ts';
import { asServiceAccount, withoutOneVerb } from '../../support/service-account.ts';

let cluster: TestCluster;
let namespace: string;
let serial = 0;
/** What the scripts write. */
let log = '';
const started: Stoppable[] = [];

beforeAll(async () => {
  cluster = await startTestCluster();
  started.push(await startControllers(cluster.plane, ['job-controller', 'ttl-after-finished-controller']));
  started.push(await servePodLogs(cluster, () => log));
});
afterAll(async () => {
  for (const one of started.toReversed()) await one.stop();
  await (cluster as TestCluster | undefined)?.stop();
});
beforeEach(async () => {
  serial += 1;
  namespace = `scripts-${serial}`;
  log = 'flushed 12 entries\n';
  await cluster.human.create('/api/v1/namespaces', { metadata: { name: namespace } });
});

const here = () => ({ cluster, namespace });

/** A script for a claim, which takes no Pods to be there. */
async function script(more: object = {}, kubernetes: KubernetesClient = cluster.kubernetes) {
  const subject = await table.subjects['a claim']!(here());
  const parameters: JsonObject = scriptParameters(more);
  return { subject, run: actionRun('job', { ...subject, parameters }, kubernetes) };
}

const jobsPath = () => `/apis/batch/v1/namespaces/${namespace}/jobs`;

/** With one verb less. */
async function without(lacking: string): Promise<KubernetesClient> {
  const permissions = withoutOneVerb(jobAction.permissions).find(([name]) => name === lacking)![1];
  return await asServiceAccount(cluster, { namespace, name: 'mendloop', permissions });
}

async function begun(run: ReturnType<typeof actionRun>) {
  const planned = await run.plan();
  return { planned, result: await run.start(planned) };
}

describe('the log of a script', () => {
  it('is kept with what it came to, its end alone, and without what looks like a secret', async () => {
    log = `${'noise\n'.repeat(5000)}password=hunter2\nflushed 12 entries\n`;
    const { run } = await script();
    const { planned, result } = await begun(run);
    const { readings } = await run.observe(planned, result);
    expect(readings[0]!.text).toMatch(/noise\npassword=\[redacted\]\nflushed 12 entries$/);
    expect(readings[0]!.text.length).toBeLessThanOrEqual(4000);
  });

  it('is told, or that there is none, where the script failed', async () => {
    log = 'cannot reach the cache\n';
    const { run, subject } = await script({ deadlineSeconds: 1 });
    const goOn = await subject.stall!();
    const acted = await begun(run);
    // Its Pod comes too late: Kubernetes ends it by its own deadline.
    const waiting = run.observe(acted.planned, acted.result).catch((error: unknown) => error);
    await goOn();
    expect(await waiting).toMatchObject({
      type: 'EffectFailed',
      message: expect.stringMatching(/DeadlineExceeded.*; its log/) as string,
    });
    expect(await run.undo(acted.planned, acted.result)).toMatchObject({ status: 'nothing_to_undo' });
  });

  it.each([
    ['get pods/log', /^none: it could not be read \(KubernetesForbidden\)$/],
    ['list pods', /^none: it could not be read \(KubernetesForbidden\)$/],
  ])('is told to be missing without the permission to %s, which fails nothing', async (lacking, told) => {
    const { run } = await script({}, await without(lacking));
    const { planned, result } = await begun(run);
    const { readings } = await run.observe(planned, result);
    expect(readings[0]!.text).toMatch(told);
  });
});

describe('a script that runs', () => {
  async function stalled(more: object = {}, kubernetes?: KubernetesClient) {
    const { subject, run } = await script(more, kubernetes);
    const goOn = await subject.stall!();
    return { run, goOn, ...(await begun(run)) };
  }

  it('is ended by the undo, once, and what it had done by then is said to stay', async () => {
    const { run, planned, result } = await stalled();
    expect(planned).toMatchObject({ undo: 'none', goesOn: true });
    const ended = { status: 'nothing_to_undo', text: expect.stringMatching(/^Ended .* stays/) as string };
    expect(await run.undo(planned)).toMatchObject(ended);
    await expect.poll(() => standingJobs(here())).toBe(0);
    // Found again by its Event where the answer was lost.
    expect(await run.undo(planned, result)).toMatchObject(ended);
    expect(await run.done(planned)).toBeUndefined();
  });

  it.each(['delete jobs', 'get events'])('is not ended without the permission to %s', async (lacking) => {
    const { run, planned } = await stalled({}, await without(lacking));
    const undone = (async () => {
      await run.undo(planned);
      await run.undo(planned);
    })();
    await expect(undone).rejects.toMatchObject({ type: 'KubernetesForbidden' });
  });

  it('keeps another of the same from being begun for the same target', async () => {
    const { run, planned } = await stalled();
    await expect(run.plan()).rejects.toMatchObject({ type: 'TargetHeld' });
    await run.undo(planned);
  });
});

describe('a template with an undo', () => {
  const undo = { undo: { command: ['/flush', '--undo'] } };

  it('makes good what the script did, once, wherever the process dies', async () => {
    const { run, subject } = await script(undo);
    const { planned, result } = await begun(run);
    expect(planned).toMatchObject({ undo: 'forward' });
    await run.observe(planned, result);
    const parameters: JsonObject = scriptParameters(undo);
    const dying = actionRun('job', { ...subject, parameters }, dyingAfter(cluster.kubernetes, 1));
    const died = await dying.undo(planned, result).catch((error: unknown) => error);
    expect(died).toSatisfy((error) => error instanceof MendloopError && isRetryable(error.type));
    expect(await run.undo(planned, result)).toMatchObject({
      ...{ status: 'restored', text: expect.stringMatching(/its log ends: flushed 12 entries$/) as string },
    });
    expect(await run.undo(planned)).toMatchObject({ status: 'restored' });
    const { items } = await cluster.human.get<{ items: object[] }>(jobsPath());
    expect(items).toHaveLength(2);
    expect(await run.done(planned)).toBeUndefined();
  });

  it('undoes nothing where nothing was ever created', async () => {
    const { run } = await script(undo);
    const planned = await run.plan();
    expect(await run.undo(planned)).toMatchObject({ status: 'nothing_to_undo' });
    expect(await standingJobs(here())).toBe(0);
  });
});

describe('a service account', () => {
  const parameters = jobAction.parameters.parse(scriptParameters({ serviceAccount: 'flush' }));
  let subject: Subject;
  beforeEach(async () => {
    ({ subject } = await script());
  });
  const planWith = async (jobServiceAccounts?: string[]) => {
    const target = { cluster: 'default', ...subject.target };
    const effects = createActionEffects({
      kubernetes: cluster.kubernetes,
      ...(jobServiceAccounts === undefined ? {} : { jobServiceAccounts }),
    }).job;
    const planned = jobAction.plan({
      target,
      parameters,
      seen: (await effects.inspect({ target, parameters })) as never,
    });
    return { effects, planned };
  };

  it('is refused unless the settings allow it in that namespace', async () => {
    await expect(planWith()).rejects.toMatchObject({ type: 'AccountNotAllowed' });
    await expect(planWith(['elsewhere/flush'])).rejects.toMatchObject({ type: 'AccountNotAllowed' });
    const { planned } = await planWith([`${namespace}/flush`]);
    // By the settings of now, whatever was planned by earlier ones.
    const later = createActionEffects({ kubernetes: cluster.kubernetes }).job;
    await expect(later.start({ remediationId: 'a/b/c/d/1', epoch: 1, planned })).rejects.toMatchObject({
      type: 'AccountNotAllowed',
    });
    expect(await standingJobs(here())).toBe(0);
  });
});

describe('Jobs that are kept', () => {
  it('are counted, and more of them than the plan allows refused', async () => {
    const { subject } = await script();
    const run = actionRun('job', { ...subject, parameters: { ...scriptParameters(), maxKept: 1 } }, cluster.kubernetes);
    for (const kept of [0, 1]) {
      const { planned, result } = await begun(run);
      expect(planned.readings).toContainEqual({ name: 'kept of earlier runs', text: String(kept), value: kept });
      await run.observe(planned, result);
    }
    await expect(run.plan()).rejects.toMatchObject({ type: 'LimitReached' });
  });

  it('are removed by Kubernetes after their time', async () => {
    const { run } = await script();
    const { planned, result } = await begun(run);
    await run.observe(planned, result);
    const { job } = planned.change as { job: string };
    const { spec } = await cluster.human.get<{ spec: { ttlSecondsAfterFinished: number } }>(`${jobsPath()}/${job}`);
    expect(spec.ttlSecondsAfterFinished).toBe(86_400);
    // An hour at least: what was done must be found by an attempt that comes late. The rest is its controller's.
    await cluster.human.patch(`${jobsPath()}/${job}`, { spec: { ttlSecondsAfterFinished: 0 } });
    await waitFor(async () => (await standingJobs(here())) === 0, { what: 'the Job to be removed', timeoutMs: 90_000 });
  });
});
