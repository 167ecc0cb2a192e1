import { describe, expect, it } from 'vitest';
import { type TestCluster, useTestCluster } from '../../support/cluster.ts';
import { actionRun } from '../../support/action-run.ts';
import { createWorkload, readyPods } from '../../support/workloads.ts';

let cluster: TestCluster;
let namespace: string;
useTestCluster('evicted', (here) => {
  ({ cluster, namespace } = here);
});

const budget = (minAvailable: number) =>
  cluster.human.create(`/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`, {
    metadata: { name: 'api' },
    spec: { minAvailable, selector: { matchLabels: { app: 'api' } } },
  });
const budgetPath = () => `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets/api`;
const allowed = async () => {
  const { status } = await cluster.human.get<{ status?: { disruptionsAllowed?: number; expectedPods?: number } }>(
    budgetPath(),
  );
  return status?.expectedPods === 2 ? status.disruptionsAllowed : undefined;
};

async function aTarget() {
  const pods = await createWorkload(cluster, { namespace, kind: 'Deployment', name: 'api', replicas: 2 });
  const { name, uid } = pods[0]!.metadata;
  return { uid, ...actionRun('evict_pod', { target: { namespace, kind: 'Pod', name } }, cluster.kubernetes) };
}

describe('evicting a Pod', () => {
  it('brings a ready successor as its budget allows, once', async () => {
    const { uid, plan, start, observe, undo } = await aTarget();
    await budget(1);
    await expect.poll(allowed).toBe(1);
    const planned = await plan();
    const result = await start(planned);
    expect(result).toMatchObject({ changed: true, handle: { told: true } });
    expect(await observe(planned, result)).toMatchObject({ readings: [{ name: 'ready Pods', value: 2 }] });
    const now = await readyPods(cluster, { namespace, app: 'api', count: 2 });
    expect(now.map(({ metadata }) => metadata.uid)).not.toContain(uid);
    expect(await start(planned)).toMatchObject({ changed: true });
    expect(await readyPods(cluster, { namespace, app: 'api', count: 2 })).toEqual(now);
    expect(await undo(planned, result)).toMatchObject({ status: 'nothing_to_undo' });
  });

  it('waits for the budget, says what holds it, and goes on when there is room', async () => {
    const { uid, plan, start, observe, preview } = await aTarget();
    await budget(2);
    await expect.poll(allowed).toBe(0);
    const planned = await plan();
    await expect(preview(planned)).rejects.toMatchObject({ type: 'DisruptionRefused' });
    const result = await start(planned);
    expect(result).toMatchObject({ changed: true, handle: { told: false } });
    expect(result.text).toContain('disruption budget');
    const cancel = new AbortController();
    const waiting = observe(planned, result, { signal: cancel.signal });
    cancel.abort(new Error('cancelled'));
    await expect(waiting).rejects.toThrow('cancelled');
    const there = await readyPods(cluster, { namespace, app: 'api', count: 2 });
    expect(there.map(({ metadata }) => metadata.uid)).toContain(uid);

    await cluster.human.patch(budgetPath(), { spec: { minAvailable: 1 } });
    expect(await observe(planned, result)).toMatchObject({ readings: [{ value: 2 }] });
    const now = await readyPods(cluster, { namespace, app: 'api', count: 2 });
    expect(now.map(({ metadata }) => metadata.uid)).not.toContain(uid);
  });

  it('does not touch a Pod of the same name that came after', async () => {
    const { plan, start, preview } = await aTarget();
    const planned = { ...(await plan()), uid: 'another' };
    expect(await start(planned)).toMatchObject({ changed: false });
    await expect(preview(planned)).rejects.toMatchObject({ type: 'TargetReplaced' });
  });
});
