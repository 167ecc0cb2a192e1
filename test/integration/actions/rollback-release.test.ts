import { describe, expect, it } from 'vitest';
import { createActionEffects } from '../../../src/activities/actions/index.ts';
import { planChange, type PlanChangeParts } from '../../../src/activities/plan-change.ts';
import { workloadOfGonePod } from '../../../src/clients/kubernetes/workload-of-gone-pod.ts';
import type { MendloopError } from '../../../src/domain/failures.ts';
import { refusedTargetOf } from '../../../src/domain/remediation/refused-target.ts';
import type { Target } from '../../../src/domain/target/target.ts';
import { authorizeWith } from '../../support/authority.ts';
import { actionRun, ID } from '../../support/action-run.ts';
import { type TestCluster, useTestCluster } from '../../support/cluster.ts';
import { untilQuotaCounts } from '../../../dev/stack/index.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { arrangeWorkload } from '../../support/workload-subject.ts';
import { readyPods } from '../../support/workloads.ts';

let cluster: TestCluster;
let namespace: string;
useTestCluster('releases', (here) => {
  ({ cluster, namespace } = here);
});

const image = (name: string) => ({ template: { spec: { containers: [{ name: 'main', image: name }] } } });
const running = (parameters = {}) =>
  actionRun(
    'rollback_release',
    { target: { namespace, kind: 'Deployment', name: 'api' }, parameters },
    cluster.kubernetes,
  );

interface Deployment {
  readonly metadata: { readonly creationTimestamp: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: readonly { readonly image: string }[] } };
  };
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly message?: string }[] };
}

const read = () => cluster.human.get<Deployment>(`/apis/apps/v1/namespaces/${namespace}/deployments/api`);
const revision = async () => (await read()).metadata.annotations?.['deployment.kubernetes.io/revision'];

describe('a rollback', () => {
  it('of what a Pod belonged to that an earlier rung of its ladder has replaced', async () => {
    const pod = { containers: [{ name: 'main', image: 'shop/api:1' }] };
    const { patch } = await arrangeWorkload({ cluster, namespace }, { kind: 'Deployment', pod });
    await patch(image('shop/api:2'));
    await expect.poll(revision).toBe('2');
    const gone = { cluster: 'default', namespace, kind: 'Pod', name: 'api-7d9c5b8f64-x2x9k' };
    const behind = { cluster: 'default', namespace, kind: 'Deployment', name: 'api' };
    const effects = createActionEffects({ kubernetes: cluster.kubernetes });
    const ask = { action: 'rollback_release', target: gone, parameters: {} };
    const parts = { effects, authorize: authorizeWith(cluster.kubernetes) };
    await expect(planChange(parts, ask)).rejects.toMatchObject({ type: 'TargetNotFound' });
    expect(await planChange(parts, { ...ask, behind })).toMatchObject({ target: behind, isDone: false });
    // An action of Pods alone has nothing to do with the workload.
    const deletion = planChange(parts, { ...ask, action: 'delete_pod', behind });
    await expect(deletion).rejects.toMatchObject({ type: 'TargetNotFound' });
  });

  it('for a Pod that is gone tells whose that was', async () => {
    await arrangeWorkload({ cluster, namespace }, { kind: 'Deployment' });
    const pods = async () =>
      (
        await cluster.human.get<{ readonly items: readonly { readonly metadata: { readonly name: string } }[] }>(
          `/api/v1/namespaces/${namespace}/pods`,
        )
      ).items;
    await expect.poll(async () => (await pods()).length).toBeGreaterThan(0);
    const name = (await pods())[0]?.metadata.name ?? '';
    const gone = { cluster: 'default', namespace, kind: 'Pod', name: name.replace(/.{5}$/, 'zzzzz') };
    const behind = { cluster: 'default', namespace, kind: 'Deployment', name: 'api' };
    const parts: PlanChangeParts = {
      effects: createActionEffects({ kubernetes: cluster.kubernetes }),
      authorize: authorizeWith(cluster.kubernetes),
      workloadOfGonePod: (pod) => workloadOfGonePod(cluster.kubernetes, pod),
    };
    const refusal = async (target: Target, action: string) =>
      refusedTargetOf(await planChange(parts, { action, target, parameters: {} }).catch((error: unknown) => error));
    expect(await refusal(gone, 'rollback_release')).toEqual({ behind, isGone: true });
    expect(await refusal(gone, 'delete_pod')).toEqual({ behind, isGone: true });
    // There is no release before the first; the Pod is there.
    expect(await refusal({ ...gone, name }, 'rollback_release')).toEqual({ behind });
    expect(await refusal({ ...gone, name: 'other-5d4f8c7b9-zzzzz' }, 'rollback_release')).toBeUndefined();
    expect(await refusal({ ...gone, name: 'alone' }, 'rollback_release')).toBeUndefined();
  });

  it('is refused where a quota keeps the new release from coming, and the old one would need it as well', async () => {
    const { patch } = await arrangeWorkload({ cluster, namespace }, { kind: 'Deployment' });
    const quotas = `/api/v1/namespaces/${namespace}/resourcequotas`;
    await cluster.human.create(quotas, { metadata: { name: 'full' }, spec: { hard: { pods: '2' } } });
    await untilQuotaCounts(cluster.human, { path: `${quotas}/full`, used: { pods: '2' }, timeoutMs: PATIENCE_MS });
    await patch(image('shop/api:2'));
    const complaints = async () => (await read()).status.conditions?.map(({ message }) => message).join('\n');
    await expect.poll(complaints).toContain('exceeded quota');
    await expect(running().plan()).rejects.toMatchObject({
      type: 'QuotaExhausted',
      message: expect.stringContaining('exceeded quota: full') as string,
    });
  });

  it('by another hand is that hand’s, and is not gone back from', async () => {
    const pod = { containers: [{ name: 'main', image: 'shop/api:1' }] };
    const { patch } = await arrangeWorkload({ cluster, namespace }, { kind: 'Deployment', pod });
    // The API server tells times to the second, and releases are seldom closer.
    const first = Date.parse((await read()).metadata.creationTimestamp);
    await expect.poll(() => Date.now() - first).toBeGreaterThan(2000);
    await patch(image('shop/api:2'));
    await expect.poll(revision).toBe('2');
    const run = running();
    const planned = await run.plan();
    await patch(image('shop/api:1'));
    await expect.poll(revision).toBe('3');
    const result = await run.start(planned);
    expect(result).toMatchObject({ changed: false });
    expect(await run.undo(planned, result)).toMatchObject({ status: 'nothing_to_undo' });
    await expect(run.plan()).rejects.toMatchObject({
      type: 'RevisionUnsuitable',
      message: expect.stringContaining('rolled back already') as string,
    });
    expect((await read()).spec.template.spec.containers[0]?.image).toBe('shop/api:1');
  });

  it('goes past what people and Mendloop have only restarted since, to another release', async () => {
    const pod = { containers: [{ name: 'main', image: 'shop/api:1' }] };
    const { patch } = await arrangeWorkload({ cluster, namespace }, { kind: 'Deployment', pod });
    await patch(image('shop/api:2'));
    await expect.poll(revision).toBe('2');
    const at = new Date().toISOString();
    await patch({ template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': at } } } });
    await expect.poll(revision).toBe('3');
    await readyPods(cluster, { namespace, app: 'api', count: 2 });
    const restart = actionRun(
      'restart',
      { target: { namespace, kind: 'Deployment', name: 'api' }, parameters: {} },
      cluster.kubernetes,
    );
    const restarting = () => restart.plan().catch((error: unknown) => (error as MendloopError).type);
    await expect.poll(restarting, { timeout: PATIENCE_MS }).toMatchObject({ isDone: false });
    await restart.start(await restart.plan());
    await expect.poll(revision).toBe('4');
    const run = running();
    const planned = await run.plan();
    expect(planned).toMatchObject({ title: `roll back Deployment ${namespace}/api from revision 4 to 1` });
    expect(await run.start(planned)).toMatchObject({ changed: true });
    expect((await read()).spec.template.spec.containers[0]?.image).toBe('shop/api:1');
  });

  it.each(['Deployment', 'StatefulSet'] as const)(
    'goes past what an earlier rung of its ladder has set of a %s and put back, to the release before',
    async (kind) => {
      const resources = { limits: { memory: '64Mi' } };
      const release = (name: string) => ({
        template: { spec: { containers: [{ name: 'main', image: name, resources }] } },
      });
      const { containers } = release('shop/api:1').template.spec;
      const { patch, path } = await arrangeWorkload({ cluster, namespace }, { kind, pod: { containers } });
      const revisions = async () => {
        const resource = kind === 'Deployment' ? 'replicasets' : 'controllerrevisions';
        const of = `/apis/apps/v1/namespaces/${namespace}/${resource}`;
        return (await cluster.human.get<{ items: readonly unknown[] }>(of)).items.length;
      };
      const target = { namespace, kind, name: 'api' };
      const rolledOut = () => readyPods(cluster, { namespace, app: 'api', count: 2 });
      await patch(release('shop/api:2'));
      await expect.poll(revisions, { timeout: PATIENCE_MS }).toBe(2);
      await rolledOut();
      // The API server tells times to the second, and rungs are seldom closer.
      const second = Date.now();
      await expect.poll(() => Date.now() - second).toBeGreaterThan(2000);
      const parameters = { limits: { memory: { factor: 2, max: '1Gi' } }, minReadyPeers: 0 };
      const raise = actionRun('set_resources', { target, parameters }, cluster.kubernetes);
      const raising = () => raise.plan().catch((error: unknown) => (error as MendloopError).type);
      await expect.poll(raising, { timeout: PATIENCE_MS }).toMatchObject({ isDone: false });
      const raised = await raise.plan();
      const result = await raise.start(raised);
      await raise.observe(raised, result);
      expect(await revisions()).toBe(3);
      expect(await raise.undo(raised, result)).toMatchObject({ status: 'restored' });
      await raise.release(raised);
      const rollback = actionRun('rollback_release', { target, parameters: {} }, cluster.kubernetes);
      const title = async () => (await rollback.plan().catch((error: unknown) => error as MendloopError)) as object;
      await expect
        .poll(title, { timeout: PATIENCE_MS })
        .toMatchObject({ title: `roll back ${kind} ${namespace}/api from revision 4 to 1` });
      const planned = await rollback.plan();
      await rollback.observe(planned, await rollback.start(planned));
      expect(await cluster.human.get(path)).toMatchObject({ spec: release('shop/api:1') });
    },
  );

  it('keeps the environment of a release out of all that is kept and shown', async () => {
    const secret = { env: [{ name: 'PASSWORD', value: 'hunter2' }], command: ['serve', '--key=hunter2'] };
    const pod = { containers: [{ name: 'main', image: 'shop/api:1', ...secret }] };
    const { patch } = await arrangeWorkload({ cluster, namespace }, { kind: 'Deployment', pod });
    await patch(image('shop/api:2'));
    await expect.poll(revision).toBe('2');
    const run = running();
    const planned = await run.plan();
    const preview = await run.preview(planned);
    expect(preview.diff).toMatch(/^\+ +image: shop\/api:1$/m);
    const result = await run.start(planned);
    expect(JSON.stringify([planned, preview, result, ID])).not.toContain('hunter2');
  });
});
