import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../../dev/stack/index.ts';
import { createActionEffects } from '../../src/activities/actions/index.ts';
import { planChange } from '../../src/activities/plan-change.ts';
import { countWorkloads } from '../../src/clients/kubernetes/count-workloads.ts';
import { recordEvent } from '../../src/clients/kubernetes/record-event.ts';
import { type PodScope, sumPodRequests } from '../../src/clients/kubernetes/sum-pod-requests.ts';
import { type ActionName, ACTIONS } from '../../src/domain/actions/index.ts';
import { jobBody, jobChangeSchema } from '../../src/domain/actions/job/job-body.ts';
import type { JsonObject } from '../../src/domain/audit/canonical-json.ts';
import type { Target } from '../../src/domain/target/target.ts';
import { SCRIPT } from '../support/actions/job.ts';
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
    const body = { spec: { minReadySeconds: 7 } };
    const refusal = await account.attempt({ method: 'PATCH', path: `${writes.path}?dryRun=All`, body });
    return refusal.includes('Mendloop may change of the spec');
  };
  await waitFor(isKnown, { what: `the permissions of ${release}`, timeoutMs: 90_000 });
  return account;
}

async function revisionOf(path: string): Promise<string | undefined> {
  const { metadata } = await cluster.human.get<{ metadata: { annotations?: Record<string, string> } }>(path);
  return metadata.annotations?.['deployment.kubernetes.io/revision'];
}

describe('an account that may do no action', () => {
  let account: Account;
  beforeAll(async () => {
    await cluster.human.create('/api/v1/namespaces', {
      metadata: { name: 'watched', annotations: { team: 'watchers' } },
    });
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
    expect(await cpuOf({ team: { label: 'app', name: 'jobs' } })).toBeCloseTo(0.1);
    expect(await cpuOf({ team: { label: 'team', name: 'watchers' } })).toBeCloseTo(4 * 0.25 + 0.1);
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

  it('has what restarting takes', async () => {
    const done = await remediate('restart', { namespace: 'shop', kind: 'Deployment', name: 'api' });
    expect(done).toMatchObject({ changed: true, standing: 'stands', undone: 'nothing_to_undo' });
    expect(done.diff).toContain('mendloop.dev/restarted-by');
  });

  it('has what changing a template takes, and its undo', async () => {
    await cluster.human.deploy({ namespace: 'shop', name: 'cart', replicas: 2 });
    const path = '/apis/apps/v1/namespaces/shop/deployments/cart';
    const target = { namespace: 'shop', kind: 'Deployment', name: 'cart' };
    const outcome = { changed: true, standing: 'stands', undone: 'restored' };
    await readyPods(cluster, { namespace: 'shop', app: 'cart', count: 2 });
    const requests = { memory: { factor: 2, max: '1Gi' } };
    expect(await remediate('set_resources', target, { requests })).toMatchObject(outcome);

    const release = { template: { spec: { containers: [{ name: 'main', image: 'example/none:2' }] } } };
    await expect.poll(() => revisionOf(path)).toBe('3');
    await cluster.human.patch(path, { spec: release });
    await expect.poll(() => revisionOf(path)).toBe('4');
    expect(await remediate('rollback_release', target)).toMatchObject(outcome);

    await expect.poll(() => revisionOf(path)).toBe('6');
    await cluster.human.patch(path, { spec: { template: { spec: { nodeSelector: { there: 'is-none' } } } } });
    await expect.poll(() => revisionOf(path)).toBe('7');
    expect(await remediate('pause_rollout', target)).toMatchObject(outcome);
  });
});

describe('an account that may restart, and nothing else', () => {
  it('may annotate a template, and change nothing else of it', async () => {
    await cluster.human.deploy({ namespace: 'shop', name: 'web', replicas: 1 });
    const path = '/apis/apps/v1/namespaces/shop/deployments/web';
    const account = await accountWith('restarting', { actions: ['restart'], namespaces: ['shop'] }, { path });
    const attempt = (template: object) => account.attempt({ method: 'PATCH', path, body: { spec: { template } } });
    const refusal = 'Mendloop may change of the spec of deployments only template.metadata';
    expect(await attempt({ spec: { terminationGracePeriodSeconds: 7 } })).toContain(refusal);
    expect(await attempt({ metadata: { labels: { more: 'yes' } } })).toContain(refusal);
    expect(await attempt({ metadata: { annotations: { 'mendloop.dev/restarted-by': 'test' } } })).toBe('allowed');
    account.close();
  });
});

describe('an account that may set a key of a ConfigMap', () => {
  it('may change its data, and nothing else of it', async () => {
    const list = '/api/v1/namespaces/shop/configmaps';
    await cluster.human.create(list, { metadata: { name: 'settings' }, data: { POOL: 'small' } });
    await cluster.human.deploy({ namespace: 'shop', name: 'reader', replicas: 1 });
    const workload = '/apis/apps/v1/namespaces/shop/deployments/reader';
    const rbac = { actions: ['patch_configmap'], namespaces: ['shop'] };
    const account = await accountWith('configuring', rbac, { path: workload });
    const attempt = (body: object) => account.attempt({ method: 'PATCH', path: `${list}/settings`, body });
    expect(await attempt({ binaryData: { more: 'eWVz' } })).toContain(
      'Mendloop may change of a ConfigMap only its data',
    );
    expect(await attempt({ immutable: true })).toContain('Mendloop may change of a ConfigMap only its data');
    expect(await attempt({ metadata: { labels: { more: 'yes' } } })).toContain('neither labels');
    expect(await attempt({ data: { POOL: 'large' }, metadata: { annotations: { 'mendloop.dev/edit': 'done' } } })).toBe(
      'allowed',
    );
    account.close();
  });

  it('is the only one that may', async () => {
    const account = await accountWith('scaling', { actions: ['scale'], namespaces: ['shop'] });
    const held = (await account.permissions('shop')).filter((one) => one.includes('configmaps'));
    expect(held).toEqual([]);
    account.close();
  });
});

describe('an account that may run scripts', () => {
  const target = { kind: 'Deployment', name: 'api' };
  const change = jobChangeSchema.parse({ job: 'one', name: 'flush', template: SCRIPT, values: { APP: 'api' } });
  const body = (more: object = {}) => {
    const job = jobBody({ namespace: 'shop', target, change, part: 'job' });
    const { spec } = job;
    return { ...job, spec: { ...spec, template: { ...spec.template, spec: { ...spec.template.spec, ...more } } } };
  };
  let account: Account;
  beforeAll(async () => {
    const rbac = { actions: ['job'], namespaces: ['shop'] };
    const targets = { jobServiceAccounts: ['shop/flush'] };
    await installRelease({ helm, cluster }, 'scripting', { values: { rbac, config: { targets } } });
    account = await accountOf(cluster.plane, { namespace: 'scripting', name: 'scripting' });
    // What the role allows and the policy refuses: both are known then.
    const isKnown = async () => (await attempt({ hostNetwork: true })).includes('has no privileges');
    await waitFor(isKnown, { what: 'the permissions of scripting', timeoutMs: 90_000 });
  });
  afterAll(() => account.close());
  const attempt = (more: object) =>
    account.attempt({ method: 'POST', path: '/apis/batch/v1/namespaces/shop/jobs?dryRun=All', body: body(more) });
  const [container] = body().spec.template.spec.containers;

  it('may create what a template can say', async () => {
    expect(await attempt({})).toBe('allowed');
    expect(await attempt({ serviceAccountName: 'flush', automountServiceAccountToken: true })).toBe('allowed');
  });

  it.each([
    ['another service account', { serviceAccountName: 'admin' }, 'no service account but those'],
    ['the token of the default one', { automountServiceAccountToken: true }, 'no service account but those'],
    ['a Secret as files', { volumes: [{ name: 'x', secret: { secretName: 'x' } }] }, 'no Secrets'],
    [
      'a Secret as variables',
      { containers: [{ ...container, envFrom: [{ secretRef: { name: 'x' } }] }] },
      'no Secrets',
    ],
    [
      'a container that may become root',
      { containers: [{ ...container, securityContext: { allowPrivilegeEscalation: true } }] },
      'privileges',
    ],
    ['root', { securityContext: {} }, 'no privileges'],
    ['a node of its choice', { nodeName: 'node-1' }, 'no privileges'],
  ])('may not create one with %s', async (_, more, refusal) => {
    expect(await attempt(more)).toContain(refusal);
  });
});
