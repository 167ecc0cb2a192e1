import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../../dev/stack/index.ts';
import { createActionEffects } from '../../src/activities/actions/index.ts';
import { planChange } from '../../src/activities/plan-change.ts';
import { countWorkloads } from '../../src/clients/kubernetes/count-workloads.ts';
import { recordEvent } from '../../src/clients/kubernetes/record-event.ts';
import { type PodScope, sumPodRequests } from '../../src/clients/kubernetes/sum-pod-requests.ts';
import { type ActionName, ACTIONS } from '../../src/domain/actions/index.ts';
import type { JsonObject } from '../../src/domain/audit/canonical-json.ts';
import type { Target } from '../../src/domain/target/target.ts';
import { authorizeWith } from '../support/authority.ts';
import { type Account, accountOf } from '../support/chart/account.ts';
import { type Helm, startHelm } from '../support/chart/helm.ts';
import { installRelease } from '../support/chart/install-release.ts';
import { startTestCluster, type TestCluster } from '../support/cluster.ts';
import { createNode, inPool, readNode } from '../support/nodes.ts';
import { createWorkload, readyPods } from '../support/workloads.ts';

const ID = 'remediation/default/Sick/00000000000000aa/1';

let helm: Helm;
let cluster: TestCluster;

beforeAll(async () => {
  [helm, cluster] = await Promise.all([startHelm(), startTestCluster()]);
  await cluster.human.create('/api/v1/namespaces', { metadata: { name: 'shop' } });
});
afterAll(async () => {
  await cluster.stop();
  await helm.close();
});

/** The account of a release with these values, once the API server knows what it may. */
async function accountWith(release: string, rbac: object, writes?: { readonly path: string }): Promise<Account> {
  await installRelease({ helm, cluster }, release, { values: { rbac } });
  const account = await accountOf(cluster.plane, { namespace: release, name: release });
  const isKnown = async () => {
    const reads = await account.attempt({ path: '/api/v1/pods?limit=1' });
    if (writes === undefined) return reads === 'allowed';
    // What the role allows and the policy refuses: both are known then.
    const body = { spec: { paused: true } };
    const refusal = await account.attempt({ method: 'PATCH', path: `${writes.path}?dryRun=All`, body });
    return refusal.includes('Mendloop may change of the spec');
  };
  await waitFor(isKnown, { what: `the permissions of ${release}`, timeoutMs: 30_000 });
  return account;
}

describe('an account that may do no action', () => {
  let account: Account;
  beforeAll(async () => {
    await cluster.human.create('/api/v1/namespaces', { metadata: { name: 'watched' } });
    for (const name of ['api', 'web'])
      await cluster.human.deploy({ namespace: 'watched', name, replicas: 2, cpu: '250m' });
    await cluster.human.deploy({ namespace: 'watched', name: 'jobs', replicas: 1 });
    account = await accountWith('watching', { actions: [] });
  });
  afterAll(() => account.close());

  it('counts the workloads of a namespace, for the blast radius', async () => {
    expect(await countWorkloads(account.kubernetes, { namespace: 'watched' })).toBe(3);
  });

  it('adds up what Pods request, for budgets of each scope', async () => {
    const { kubernetes } = account;
    const cpuOf = async (scope: PodScope) => (await sumPodRequests(kubernetes, scope)).cpu;
    await expect.poll(() => cpuOf({ namespace: 'watched' })).toBeCloseTo(4 * 0.25 + 0.1);
    expect(await cpuOf({})).toBeGreaterThan(1);
    expect(await cpuOf({ label: { name: 'app', value: 'jobs' } })).toBeCloseTo(0.1);
  });

  it('works out what scaling would do, from a Pod to the workload at the end of its chain', async () => {
    const [pod] = await readyPods(cluster, { namespace: 'watched', app: 'jobs', count: 1 });
    const target = { cluster: 'default', namespace: 'watched', kind: 'Pod', name: pod?.metadata.name ?? '' };
    const effects = createActionEffects(account);
    const planned = await planChange(
      { effects, authorize: authorizeWith(account.kubernetes) },
      { action: 'scale', target, parameters: { replicas: 2 } },
    );
    expect(planned.title).toBe('scale Deployment watched/jobs 1 -> 2');
  });
});

describe('an account that may do every action', () => {
  let account: Account;
  beforeAll(async () => {
    await cluster.human.deploy({ namespace: 'shop', name: 'api', replicas: 2 });
    const path = '/apis/apps/v1/namespaces/shop/deployments/api';
    account = await accountWith('acting', { actions: Object.keys(ACTIONS), namespaces: ['shop'] }, { path });
  });
  afterAll(() => account.close());

  /** All that is ever done on the cluster in the course of one remediation. */
  async function remediate(action: ActionName, target: Omit<Target, 'cluster'>, parameters: JsonObject = {}) {
    const { kubernetes } = account;
    const effects = createActionEffects({ kubernetes });
    const ours = effects[action];
    const planned = await planChange(
      { effects, authorize: authorizeWith(kubernetes) },
      { action, target: { cluster: 'default', ...target }, parameters },
    );
    const { uid } = planned;
    const told = { remediationId: ID, planned };
    const { diff } = await ours.preview(planned);
    const result = await ours.start({ ...told, epoch: 1 });
    await ours.hold?.({ ...told, epoch: 1 });
    const event = { type: 'Normal', reason: 'MendloopActed', message: result.text } as const;
    await recordEvent(kubernetes, { target: planned.target, uid, remediationId: ID, ...event });
    const ongoing = { ...told, result, deadlineAt: Date.now() + 30_000 };
    const observed = await ours.observe(ongoing, new AbortController().signal, () => Promise.resolve(true));
    const standing = await ours.stands?.(ongoing);
    await ours.stop?.({ ...told, result });
    const undone = await ours.undo({ ...told, result });
    await ours.release(told);
    return { changed: result.changed, diff, text: observed.text, standing: standing?.status, undone: undone.status };
  }

  it('has what scaling takes, and its undo', async () => {
    const target = { namespace: 'shop', kind: 'Deployment', name: 'api' };
    const done = await remediate('scale', target, { replicas: 3 });
    expect(done).toMatchObject({ changed: true, text: '3 ready replicas', standing: 'stands', undone: 'restored' });
    expect(done.diff).toContain('replicas: 3');
  });

  it('has what deleting a Pod takes', async () => {
    const [pod] = await readyPods(cluster, { namespace: 'shop', app: 'api', count: 2 });
    const done = await remediate('delete_pod', { namespace: 'shop', kind: 'Pod', name: pod?.metadata.name ?? '' });
    expect(done).toMatchObject({ changed: true, undone: 'nothing_to_undo' });
    expect(done.text).toContain('2 ready Pods');
  });

  it('has what draining a node takes, and its undo', async () => {
    await createNode(cluster, { name: 'sick', pool: 'spare' });
    await createWorkload(cluster, { namespace: 'watched', kind: 'Deployment', name: 'spare', spec: inPool('spare') });
    await createNode(cluster, { name: 'well', pool: 'spare' });
    const done = await remediate('drain', { namespace: '', kind: 'Node', name: 'sick' });
    expect(done).toMatchObject({ changed: true, text: 'Node sick is empty', standing: 'stands', undone: 'restored' });
    const { spec, metadata } = await readNode(cluster, 'sick');
    expect(spec.unschedulable).toBeUndefined();
    expect(Object.keys(metadata.annotations ?? {}).filter((key) => key.startsWith('mendloop.dev/'))).toEqual([]);
  });
});
