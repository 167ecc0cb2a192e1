import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDeletePodEffects } from '../../../src/activities/actions/delete_pod.ts';
import type { KubernetesClient } from '../../../src/clients/kubernetes/kubernetes-client.ts';
import type { PlannedChange } from '../../../src/domain/actions/contract.ts';
import { deletePodAction } from '../../../src/domain/actions/delete_pod/delete-pod.ts';
import { MendloopError } from '../../../src/domain/failures.ts';
import type { Stoppable } from '../../../dev/stack/index.ts';
import { holdTerminatingLabel } from '../../../src/local/kubernetes/kwok-stages.ts';
import { startTestCluster, type TestCluster } from '../../support/cluster.ts';
import { startControllers } from '../../support/more-controllers.ts';
import { createWorkload, type PodObject, podsOf, readyPods } from '../../support/workloads.ts';

const ID = 'remediation/default/PodStuck/00000000000000aa/1';
const OTHER = 'remediation/default/PodStuck/00000000000000bb/1';

let cluster: TestCluster;
let controllers: Stoppable;
let namespace: string;
let serial = 0;

beforeAll(async () => {
  cluster = await startTestCluster();
  controllers = await startControllers(cluster.plane, ['statefulset-controller', 'daemonset-controller']);
});

afterAll(async () => {
  await (controllers as Stoppable | undefined)?.stop();
  await (cluster as TestCluster | undefined)?.stop();
});

beforeEach(async () => {
  serial += 1;
  namespace = `shop-${serial}`;
  await cluster.human.create('/api/v1/namespaces', { metadata: { name: namespace } });
});

const podPath = (name: string) => `/api/v1/namespaces/${namespace}/pods/${name}`;

function deleting(kubernetes: KubernetesClient = cluster.kubernetes) {
  const effects = createDeletePodEffects({ kubernetes });
  return {
    effects,
    async plan(name: string, given: object = {}): Promise<PlannedChange> {
      const parameters = deletePodAction.parameters.parse(given);
      const target = { cluster: 'default', namespace, kind: 'Pod', name };
      return deletePodAction.plan({ target, parameters, seen: await effects.inspect({ target, parameters }) });
    },
    start: (planned: PlannedChange, remediationId = ID) => effects.start({ remediationId, epoch: 1, planned }),
    observe(planned: PlannedChange, { seconds = 20, signal = new AbortController().signal } = {}) {
      const result = { changed: true, text: '', handle: {} };
      const deadlineAt = Date.now() + seconds * 1000;
      return effects.observe({ remediationId: ID, planned, result, deadlineAt }, signal, () => Promise.resolve(true));
    },
  };
}

/** A client whose deletes reach the API server, and whose answers are lost. */
function deaf(kubernetes: KubernetesClient): KubernetesClient {
  return {
    ...kubernetes,
    remove: async (path, options) => {
      await kubernetes.remove(path, options);
      throw new MendloopError('KubernetesUnavailable', 'the answer was lost');
    },
  };
}

/** A client whose deletes never reach the API server. */
function cutOff(kubernetes: KubernetesClient): KubernetesClient {
  return {
    ...kubernetes,
    remove: () => Promise.reject(new MendloopError('KubernetesUnavailable', 'no answer')),
  };
}

/** Goes on ending when it is told to go, until `letGo`. */
const lingering = (name: string) =>
  cluster.human.patch(podPath(name), { metadata: { labels: { [holdTerminatingLabel]: '' } } });

const letGo = (name: string) =>
  cluster.human.patch(podPath(name), { metadata: { labels: { [holdTerminatingLabel]: null } } });

const one = (pods: readonly PodObject[], at = 0): PodObject => pods[at]!;

describe('deleting a Pod of a Deployment', () => {
  it('brings a ready successor, and says what it did', async () => {
    const pods = await createWorkload(cluster, {
      ...{ namespace, kind: 'Deployment', name: 'api', replicas: 2, labels: { team: 'checkout' } },
    });
    const { name, uid } = one(pods).metadata;
    const { plan, start, observe, effects } = deleting();
    const planned = await plan(name);
    expect(planned).toMatchObject({
      uid,
      isDone: false,
      undo: 'none',
      title: `delete Pod ${namespace}/${name} of Deployment api`,
      command: `kubectl -n ${namespace} delete pod ${name}`,
      locks: [`default/${namespace}/Deployment/api`],
      labels: { app: 'api', team: 'checkout' },
    });
    expect(planned).not.toHaveProperty('manualUndo');

    expect(await start(planned)).toMatchObject({ changed: true, text: `Deleted Pod ${namespace}/${name}` });
    expect(await observe(planned)).toMatchObject({ readings: [{ name: 'ready Pods', value: 2 }] });
    const now = await readyPods(cluster, { namespace, app: 'api', count: 2 });
    expect(now.map((pod) => pod.metadata.uid)).not.toContain(uid);
    expect(now.map((pod) => pod.metadata.uid)).toContain(one(pods, 1).metadata.uid);
    expect(await effects.undo({ remediationId: ID, planned })).toMatchObject({ status: 'nothing_to_undo' });
  });

  it('is shown before, by a dry run that deletes nothing and tells nothing of the environment', async () => {
    const spec = {
      containers: [{ name: 'main', image: 'example/none:7', env: [{ name: 'PASSWORD', value: 'hunter2' }] }],
    };
    const pods = await createWorkload(cluster, { namespace, kind: 'Deployment', name: 'api', replicas: 2, spec });
    const { plan, effects } = deleting();
    const { diff } = await effects.preview(await plan(one(pods).metadata.name, { gracePeriodSeconds: 7 }));
    expect(diff).toMatch(/^\+ {2}deletionGracePeriodSeconds: 7$/m);
    expect(diff).not.toContain('hunter2');
    const now = await readyPods(cluster, { namespace, app: 'api', count: 2 });
    expect(now.map(({ metadata }) => metadata.uid)).toEqual(pods.map(({ metadata }) => metadata.uid));
  });

  it('waits for the Pod to be gone and for its successor, up to the deadline', async () => {
    const pods = await createWorkload(cluster, { namespace, kind: 'Deployment', name: 'api', replicas: 2 });
    const { name } = one(pods).metadata;
    const { plan, start, observe } = deleting();
    const planned = await plan(name);
    await lingering(name);
    await start(planned);
    await expect(observe(planned, { seconds: 1 })).rejects.toMatchObject({
      type: 'EffectTimedOut',
      message: `Deployment ${namespace}/api: ${name} is still there`,
    });
    await letGo(name);
    expect(await observe(planned)).toMatchObject({ readings: [{ value: 2 }] });
    // What was waited for is there: that the deadline has passed meanwhile, as in an outage, does not matter.
    expect(await observe(planned, { seconds: -60 })).toMatchObject({ readings: [{ value: 2 }] });
  });

  it('notices that the workload was scaled to zero meanwhile', async () => {
    const pods = await createWorkload(cluster, { namespace, kind: 'Deployment', name: 'api', replicas: 2 });
    const { plan, start, observe } = deleting();
    const planned = await plan(one(pods).metadata.name);
    await start(planned);
    await cluster.human.patch(`/apis/apps/v1/namespaces/${namespace}/deployments/api`, { spec: { replicas: 0 } });
    await expect(observe(planned)).rejects.toMatchObject({ type: 'TargetChanged' });
  });
});

describe('a Pod of a StatefulSet', () => {
  it('is deleted by its UID: its successor of the same name is not, however often it is tried', async () => {
    const pods = await createWorkload(cluster, { namespace, kind: 'StatefulSet', name: 'db', replicas: 2 });
    const { plan, start, observe } = deleting();
    const planned = await plan('db-0');
    await start(planned);
    await observe(planned);
    const successor = one(await readyPods(cluster, { namespace, app: 'db', count: 2 }));
    expect(successor.metadata).toMatchObject({ name: 'db-0' });
    expect(successor.metadata.uid).not.toBe(one(pods).metadata.uid);

    expect(await start(planned)).toMatchObject({ changed: true });
    // Another remediation, which judged the first one as well, did not delete it.
    expect(await start(planned, OTHER)).toMatchObject({
      changed: false,
      text: `Pod ${namespace}/db-0 was deleted by another hand`,
    });
    expect(one(await readyPods(cluster, { namespace, app: 'db', count: 2 })).metadata.uid).toBe(successor.metadata.uid);
    await expect(deleting().effects.preview(planned)).rejects.toMatchObject({ type: 'TargetReplaced' });
  });

  it('is not taken by force, which could make two of it', async () => {
    await createWorkload(cluster, { namespace, kind: 'StatefulSet', name: 'db', replicas: 2 });
    await expect(deleting().plan('db-0', { force: true })).rejects.toMatchObject({ type: 'DisruptionUnsafe' });
  });
});

describe('an answer that was lost', () => {
  it.each([
    ['while the Pod is going', true],
    ['after the Pod has gone', false],
  ])('%s is known by the intent that was written down before', async (_, stays) => {
    const pods = await createWorkload(cluster, { namespace, kind: 'Deployment', name: 'api', replicas: 2 });
    const { name } = one(pods).metadata;
    const planned = await deleting().plan(name);
    if (stays) await lingering(name);
    await expect(deleting(deaf(cluster.kubernetes)).start(planned)).rejects.toMatchObject({
      type: 'KubernetesUnavailable',
    });
    expect(await deleting().start(planned)).toMatchObject({ changed: true });
    if (stays) await letGo(name);
    await deleting().observe(planned);
    expect(await podsOf(cluster, namespace)).toHaveLength(2);
  });

  it('is tried again where nothing had happened', async () => {
    const pods = await createWorkload(cluster, { namespace, kind: 'Deployment', name: 'api', replicas: 2 });
    const planned = await deleting().plan(one(pods).metadata.name);
    await expect(deleting(cutOff(cluster.kubernetes)).start(planned)).rejects.toMatchObject({
      type: 'KubernetesUnavailable',
    });
    expect(await deleting().start(planned)).toMatchObject({ changed: true });
    await deleting().observe(planned);
    expect((await podsOf(cluster, namespace)).map(({ metadata }) => metadata.uid)).not.toContain(planned.uid);
  });
});

describe('another hand', () => {
  it('that comes between the look and the delete is told from ours, too', async () => {
    const pods = await createWorkload(cluster, { namespace, kind: 'Deployment', name: 'api', replicas: 2 });
    const { name } = one(pods).metadata;
    const planned = await deleting().plan(name);
    await lingering(name);
    let deletes = 0;
    const late: KubernetesClient = {
      ...cluster.kubernetes,
      remove: async (path, options) => {
        deletes += 1;
        await cluster.human.remove(podPath(name));
        return cluster.kubernetes.remove(path, options);
      },
    };
    expect(await deleting(late).start(planned)).toMatchObject({ changed: false });
    expect(deletes).toBe(1);
    await letGo(name);
  });
});

describe('the last ready Pod', () => {
  it('is not deleted, unless the plan allows it', async () => {
    const pods = await createWorkload(cluster, { namespace, kind: 'Deployment', name: 'api', replicas: 1 });
    const { name } = one(pods).metadata;
    const { plan, start, observe } = deleting();
    await expect(plan(name)).rejects.toMatchObject({
      type: 'DisruptionUnsafe',
      message: expect.stringContaining('0 other ready Pods would be left, and the plan wants 1') as string,
    });
    const planned = await plan(name, { minReadyPeers: 0 });
    expect(await start(planned)).toMatchObject({ changed: true });
    expect(await observe(planned)).toMatchObject({ readings: [{ value: 1 }] });
  });

  it('is told from the Pods of another workload that its selector matches, too', async () => {
    const pods = await createWorkload(cluster, { namespace, kind: 'Deployment', name: 'api', replicas: 1 });
    await cluster.human.create(`/apis/apps/v1/namespaces/${namespace}/deployments`, {
      metadata: { name: 'canary' },
      spec: {
        replicas: 1,
        selector: { matchLabels: { track: 'canary' } },
        template: {
          metadata: { labels: { app: 'api', track: 'canary' } },
          spec: { containers: [{ name: 'main', image: 'example/none' }] },
        },
      },
    });
    await readyPods(cluster, { namespace, app: 'api', count: 2 });
    await expect(deleting().plan(one(pods).metadata.name)).rejects.toMatchObject({ type: 'DisruptionUnsafe' });
  });

  it('is looked for once more just before the delete', async () => {
    const pods = await createWorkload(cluster, { namespace, kind: 'Deployment', name: 'api', replicas: 2 });
    const { plan, start } = deleting();
    const planned = await plan(one(pods).metadata.name);
    const peer = one(pods, 1).metadata.name;
    await cluster.human.patch(`${podPath(peer)}/status`, {
      status: { conditions: [{ type: 'Ready', status: 'False' }] },
    });
    await expect(start(planned)).rejects.toMatchObject({ type: 'DisruptionUnsafe' });
    const ready = await readyPods(cluster, { namespace, app: 'api', count: 1 });
    expect(one(ready).metadata.uid).toBe(planned.uid);
  });
});

describe('what is refused', () => {
  const pod = (metadata: object, spec: object = {}) =>
    cluster.human.create(`/api/v1/namespaces/${namespace}/pods`, {
      metadata,
      spec: { containers: [{ name: 'main', image: 'example/none' }], ...spec },
    });

  it('is a Pod that would not come back, one that a file makes, and one that is not there', async () => {
    const { plan } = deleting();
    await pod({ name: 'alone' });
    await expect(plan('alone')).rejects.toMatchObject({
      type: 'DisruptionUnsafe',
      message: `Pod ${namespace}/alone has no controller: it would not come back`,
    });
    await pod({ name: 'static', annotations: { 'kubernetes.io/config.mirror': 'x' } }, { nodeName: 'node-0' });
    await expect(plan('static')).rejects.toMatchObject({ type: 'TargetUnsupported' });
    await expect(plan('nothing')).rejects.toMatchObject({ type: 'TargetNotFound' });
  });

  it("is a DaemonSet's, unless the plan allows it", async () => {
    await createWorkload(cluster, { namespace, kind: 'DaemonSet', name: 'agent', replicas: 3 });
    const { name } = one(await podsOf(cluster, namespace)).metadata;
    const { plan, start, observe } = deleting();
    await expect(plan(name)).rejects.toMatchObject({ type: 'DisruptionUnsafe' });
    const planned = await plan(name, { allowDaemonSet: true });
    await start(planned);
    expect(await observe(planned)).toMatchObject({ readings: [{ value: 3 }] });
  });

  it('is one whose controller is not known here', async () => {
    const owner = await cluster.human.get<{ metadata: { uid: string } }>(`/api/v1/namespaces/${namespace}`);
    const reference = {
      apiVersion: 'v1',
      kind: 'Namespace',
      name: namespace,
      uid: owner.metadata.uid,
      controller: true,
    };
    await pod({ name: 'odd', ownerReferences: [reference] });
    await expect(deleting().plan('odd')).rejects.toMatchObject({
      type: 'TargetUnsupported',
      message: expect.stringContaining(`Namespace ${namespace}`) as string,
    });
  });
});

describe('the workload of a deleted Pod, between act and verdict', () => {
  const path = () => `/apis/apps/v1/namespaces/${namespace}/deployments/api`;
  const hands = {
    'another number of Pods': { spec: { replicas: 4 } },
    'a rollout': { spec: { template: { metadata: { annotations: { version: 'next' } } } } },
    'another grace': { spec: { minReadySeconds: 1 } },
  };
  const deleted = async () => {
    await createWorkload(cluster, { namespace, kind: 'Deployment', name: 'api', replicas: 2 });
    const [pod] = await readyPods(cluster, { namespace, app: 'api', count: 2 });
    const { effects, plan, start, observe } = deleting();
    const planned = await plan(one([pod!]).metadata.name);
    const result = await start(planned);
    await observe(planned);
    return () => effects.stands?.({ remediationId: ID, planned, result });
  };

  it.each(Object.entries(hands))('was changed by another hand: %s', async (_what, patch) => {
    const stands = await deleted();
    expect(await stands()).toEqual({ status: 'stands' });
    await cluster.human.patch(path(), patch);
    expect(await stands()).toMatchObject({ status: 'moved', text: expect.stringContaining('has changed') as string });
  });

  it('is as it was where others only mark it, and gone where it was created anew', async () => {
    const stands = await deleted();
    await cluster.human.patch(path(), { metadata: { annotations: { note: 'seen' } } });
    expect(await stands()).toEqual({ status: 'stands' });
    await cluster.human.remove(path());
    expect(await stands()).toMatchObject({ status: 'gone' });
  });
});
