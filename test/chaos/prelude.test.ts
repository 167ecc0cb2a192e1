import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ManagedProcess } from '../../dev/stack/index.ts';
import { Incident } from '../support/installation/incidents.ts';
import { type PostgresInstallation, startPostgresInstallation } from '../support/installation/installation.ts';
import { effectOn } from '../support/installation/one-effect.ts';
import { approve } from '../support/installation/people.ts';
import { PATIENCE_MS } from '../support/patience.ts';
import { podsOf } from '../support/workloads.ts';

let installation: PostgresInstallation;
let worker: ManagedProcess;

beforeAll(async () => {
  installation = await startPostgresInstallation({
    gated: true,
    policy: ['policy', 'test/support/installation/preludes'],
  });
  [worker] = await Promise.all([installation.startWorker(), installation.startApi()]);
});

afterAll(async () => {
  await (installation as PostgresInstallation | undefined)?.stop();
});

/** What stands in the way of a change: a field of an object's `spec`. */
interface Obstacle {
  readonly incident: Incident;
  /** As it is now. */
  readonly stands: () => Promise<unknown>;
}

/** A Deployment of two Pods, neither of which may be disrupted, and an alert about one of them. */
async function underBudget(): Promise<Obstacle & { readonly pod: string; readonly pods: () => Promise<string[]> }> {
  const slow = await Incident.prepare(installation);
  const { name, namespace } = slow;
  const { human } = installation.cluster;
  const budgets = `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`;
  await human.create(budgets, {
    metadata: { name },
    spec: { minAvailable: 2, selector: { matchLabels: { app: name } } },
  });
  const read = () =>
    human.get<{ spec: { minAvailable: number }; status?: { currentHealthy?: number; disruptionsAllowed?: number } }>(
      `${budgets}/${name}`,
    );
  const counted = async () => {
    const { status } = await read();
    return [status?.currentHealthy, status?.disruptionsAllowed];
  };
  await expect.poll(counted, { timeout: PATIENCE_MS }).toEqual([2, 0]);
  const pods = async () => (await podsOf(installation.cluster, namespace, name)).map(({ metadata }) => metadata.name);
  const [pod = ''] = await pods();
  const incident = slow.sibling({ alertname: 'SlowWithoutRoom', pod, poddisruptionbudget: name });
  return { incident, pod, pods, stands: async () => (await read()).spec.minAvailable };
}

/** A Deployment of two Pods in a namespace that may have two. */
async function underQuota(): Promise<Obstacle> {
  const slow = await Incident.prepare(installation);
  const { human } = installation.cluster;
  const quotas = `/api/v1/namespaces/${slow.namespace}/resourcequotas`;
  await human.create(quotas, { metadata: { name: 'tenant' }, spec: { hard: { pods: '2' } } });
  const read = () =>
    human.get<{ spec: { hard: { pods: string } }; status?: { used?: { pods?: string } } }>(`${quotas}/tenant`);
  await expect.poll(async () => (await read()).status?.used?.pods, { timeout: PATIENCE_MS }).toBe('2');
  const incident = slow.sibling({ alertname: 'SlowWithoutRoom', resourcequota: 'tenant' });
  return { incident, stands: async () => (await read()).spec.hard.pods };
}

/** The audit log's steps of it that are about effects, in their order. */
async function effectsAudited(incident: Incident): Promise<string[]> {
  const rows = await installation.store.sql(
    `SELECT key FROM mendloop_audit.record WHERE remediation_id = '${incident.id()}'
     AND kind IN ('effect_intended', 'effect_done', 'compensation', 'outcome') ORDER BY seq`,
  );
  return rows.map(({ key }) => String(key).slice(incident.id().length + 1));
}

const STEPS = ['prelude/intended', 'act/intended', 'prelude/done', 'act/done', 'prelude/ended', 'outcome'];

describe('a worker that is killed between a prelude and the change that it makes room for', () => {
  it('leaves the room as it is; the next one acts once, proves, and gives it back', async () => {
    const [budget, quota] = await Promise.all([underBudget(), underQuota()]);
    const { namespace } = budget.incident;
    const eviction = installation.hold({
      ...{ method: 'POST', what: 'request' },
      path: new RegExp(`/${namespace}/pods/${budget.pod}/eviction\\b(?!.*dryRun)`),
    });
    await Promise.all([budget.incident.send(), quota.incident.send()]);
    await quota.incident.untilStep('awaiting_approval');
    expect(await quota.stands()).toBe('2');
    // The dry run that the approver sees is over.
    const scaling = installation.hold({ ...effectOn(quota.incident), what: 'request' });
    await approve(installation, quota.incident.id());
    await Promise.all([eviction.reached, scaling.reached]);
    await worker.kill();
    for (const held of [eviction, scaling]) held.drop();

    expect(await Promise.all([budget.stands(), quota.stands()])).toEqual([1, '4']);
    expect(await budget.pods()).toContain(budget.pod);
    expect(await quota.incident.scaled()).toEqual([2]);

    worker = await installation.startWorker();
    await Promise.all([budget.incident.untilStep('verifying'), quota.incident.untilStep('verifying')]);
    await expect.poll(() => budget.pods(), { timeout: PATIENCE_MS }).not.toContain(budget.pod);
    await expect.poll(() => quota.incident.replicas('readyReplicas'), { timeout: PATIENCE_MS }).toBe(4);
    for (const { incident } of [budget, quota]) incident.recover();
    await Promise.all([budget.incident.untilStep('watching'), quota.incident.untilStep('watching')]);
    expect(await Promise.all([budget.stands(), quota.stands()])).toEqual([2, '2']);
    await Promise.all([budget.incident.send('resolved'), quota.incident.send('resolved')]);
    for (const { incident } of [budget, quota]) {
      expect(await incident.outcome()).toMatchObject({
        outcome: 'remediated',
        prelude: { effect: { changed: true }, undo: { status: 'restored' } },
      });
      expect(await effectsAudited(incident)).toEqual(STEPS);
    }
    expect(await quota.incident.scaled()).toEqual([2, 4]);
    expect(await quota.incident.replicas('readyReplicas')).toBe(4);
  }, 600_000);

  it('where nothing is in the way, nothing is made', async () => {
    const budget = await underBudget();
    const { human } = installation.cluster;
    const path = `/apis/policy/v1/namespaces/${budget.incident.namespace}/poddisruptionbudgets/${budget.incident.name}`;
    await human.patch(path, { spec: { minAvailable: 1 } });
    const allowed = async () =>
      (await human.get<{ status?: { disruptionsAllowed?: number } }>(path)).status?.disruptionsAllowed;
    await expect.poll(allowed, { timeout: PATIENCE_MS }).toBe(1);
    await budget.incident.send();
    await budget.incident.untilStep('verifying');
    budget.incident.recover();
    await budget.incident.untilStep('watching');
    await budget.incident.send('resolved');
    expect(await budget.incident.outcome()).toMatchObject({
      outcome: 'remediated',
      prelude: { unneeded: expect.stringContaining('allows 1 disruptions already') as string },
    });
    expect(await budget.stands()).toBe(1);
  }, 300_000);
});
