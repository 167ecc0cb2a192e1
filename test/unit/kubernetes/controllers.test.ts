import { describe, expect, it } from 'vitest';
import { inspectTarget } from '../../../src/clients/kubernetes/inspect-target.ts';
import { fakeCluster } from './fake-cluster.ts';

interface Owner {
  readonly kind: string;
  readonly name: string;
  readonly apiVersion?: string;
  readonly controller?: boolean;
}

const ownedBy = ({ kind, name, apiVersion = 'apps/v1', controller = true }: Owner) => ({
  ownerReferences: [{ apiVersion, kind, name, controller, uid: `uid of ${name}` }],
});
const workload = (name: string, owner?: Owner) => ({
  metadata: { name, uid: `uid of ${name}`, labels: { app: 'shop' }, ...(owner && ownedBy(owner)) },
  spec: { replicas: 2, template: { spec: { containers: [] } } },
});
const apps = '/apis/apps/v1/namespaces/shop';

function inspect(wanted: { kind: string; name: string }, objects: Record<string, object>, autoscalers: object[] = []) {
  const { kubernetes } = fakeCluster({
    '/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers': { items: autoscalers },
    ...objects,
  });
  return inspectTarget(kubernetes, { cluster: 'default', namespace: 'shop', ...wanted });
}

describe('the chain of controllers', () => {
  const pod = { '/api/v1/namespaces/shop/pods/api-1-x': { metadata: ownedBy({ kind: 'ReplicaSet', name: 'api-1' }) } };
  const deployment = { [`${apps}/deployments/api`]: workload('api') };
  const replicaSet = (owner?: Owner) => ({ [`${apps}/replicasets/api-1`]: workload('api-1', owner) });
  const ofDeployment = { kind: 'Deployment', name: 'api' };

  it.each([
    ['a Pod', { kind: 'Pod', name: 'api-1-x' }],
    ['a ReplicaSet that a plan names', { kind: 'ReplicaSet', name: 'api-1' }],
    ['the Deployment itself', { kind: 'Deployment', name: 'api' }],
  ])('of %s is followed to its end', async (_what, wanted) => {
    expect(await inspect(wanted, { ...pod, ...replicaSet(ofDeployment), ...deployment })).toMatchObject({
      target: { cluster: 'default', namespace: 'shop', kind: 'Deployment', name: 'api' },
      uid: 'uid of api',
      labels: { app: 'shop' },
    });
  });

  it('ends at an Argo Rollout, which has no selector where it takes the template of a Deployment', async () => {
    const owner = { kind: 'Rollout', name: 'checkout', apiVersion: 'argoproj.io/v1alpha1' };
    const rollout = {
      '/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/checkout': {
        metadata: { name: 'checkout', uid: 'uid of checkout' },
        spec: { replicas: 3, workloadRef: { kind: 'Deployment', name: 'checkout' } },
        status: { observedGeneration: '7', readyReplicas: 3 },
      },
    };
    expect(await inspect({ kind: 'Pod', name: 'api-1-x' }, { ...pod, ...replicaSet(owner), ...rollout })).toMatchObject(
      {
        target: { kind: 'Rollout', name: 'checkout' },
        lever: { kind: 'replicas' },
        ...{ value: 3, readyReplicas: 3 },
      },
    );
  });

  it('ends where the owner manages nothing', async () => {
    const owner = { kind: 'ConfigMap', name: 'shop', apiVersion: 'v1', controller: false };
    expect(
      await inspect({ kind: 'Deployment', name: 'api' }, { [`${apps}/deployments/api`]: workload('api', owner) }),
    ).toMatchObject({ target: { kind: 'Deployment' } });
  });

  it.each<[string, { kind: string; name: string }, Record<string, object>, string]>([
    [
      'a Rollout of another project behind a Pod',
      { kind: 'Pod', name: 'api-1-x' },
      { ...pod, ...replicaSet({ kind: 'Rollout', name: 'checkout', apiVersion: 'rollouts.example/v1' }) },
      'ReplicaSet shop/api-1 belongs to Rollout checkout of rollouts.example/v1',
    ],
    [
      "an operator's resource behind a StatefulSet that a plan names",
      { kind: 'StatefulSet', name: 'db' },
      { [`${apps}/statefulsets/db`]: workload('db', { kind: 'Cluster', name: 'main', apiVersion: 'db.example/v1' }) },
      'StatefulSet shop/db belongs to Cluster main of db.example/v1',
    ],
    [
      'a Knative Revision behind a Deployment',
      { kind: 'Deployment', name: 'api' },
      {
        [`${apps}/deployments/api`]: workload('api', {
          ...{ kind: 'Revision', name: 'api-00001', apiVersion: 'serving.knative.dev/v1' },
        }),
      },
      'Deployment shop/api belongs to Revision api-00001 of serving.knative.dev/v1',
    ],
    [
      'an operator that leaves the mark of a controller out',
      { kind: 'Deployment', name: 'api' },
      {
        [`${apps}/deployments/api`]: workload('api', {
          ...{ kind: 'KafkaConnect', name: 'api', apiVersion: 'kafka.strimzi.io/v1beta2', controller: false },
        }),
      },
      'Deployment shop/api belongs to KafkaConnect api of kafka.strimzi.io/v1beta2',
    ],
    [
      'a kind of the same name in another group',
      { kind: 'ReplicaSet', name: 'api-1' },
      { ...replicaSet({ kind: 'Deployment', name: 'api', apiVersion: 'example.com/v1' }), ...deployment },
      'ReplicaSet shop/api-1 belongs to Deployment api of example.com/v1',
    ],
    [
      'a Job behind a Pod',
      { kind: 'Pod', name: 'once' },
      {
        '/api/v1/namespaces/shop/pods/once': {
          metadata: ownedBy({ kind: 'Job', name: 'once', apiVersion: 'batch/v1' }),
        },
      },
      'Pod shop/once belongs to Job once of batch/v1',
    ],
  ])('is refused, with the name of its end, at %s', async (_what, wanted, objects, message) => {
    await expect(inspect(wanted, objects)).rejects.toMatchObject({
      type: 'TargetUnsupported',
      message: expect.stringContaining(message) as string,
    });
  });

  it('is refused where a Pod has none, and for what has no replicas at all', async () => {
    const alone = { '/api/v1/namespaces/shop/pods/alone': { metadata: {} } };
    await expect(inspect({ kind: 'Pod', name: 'alone' }, alone)).rejects.toMatchObject({ type: 'TargetUnsupported' });
    await expect(inspect({ kind: 'DaemonSet', name: 'agent' }, {})).rejects.toMatchObject({
      type: 'TargetUnsupported',
    });
  });

  it('is not followed to an owner that was created anew', async () => {
    const anew = { [`${apps}/deployments/api`]: { ...workload('api'), metadata: { name: 'api', uid: 'another' } } };
    await expect(
      inspect({ kind: 'ReplicaSet', name: 'api-1' }, { ...replicaSet(ofDeployment), ...anew }),
    ).rejects.toMatchObject({ type: 'TargetNotFound' });
  });

  it('is not followed for ever', async () => {
    const circle = replicaSet({ kind: 'ReplicaSet', name: 'api-1' });
    await expect(inspect({ kind: 'ReplicaSet', name: 'api-1' }, circle)).rejects.toMatchObject({
      type: 'TargetUnsupported',
    });
  });
});

describe('the autoscalers of a target', () => {
  const objects = { [`${apps}/deployments/api`]: workload('api') };
  const wanted = { kind: 'Deployment', name: 'api' };
  const autoscaler = (name: string, { metadata = {}, ref = {} }: { metadata?: object; ref?: object } = {}) => ({
    metadata: { name, ...metadata },
    spec: { minReplicas: 2, maxReplicas: 9, scaleTargetRef: { apiVersion: 'apps/v1', ...wanted, ...ref } },
  });

  it('are those that name it, with its kind and its group', async () => {
    const others = [
      autoscaler('other', { ref: { name: 'other' } }),
      autoscaler('set', { ref: { kind: 'StatefulSet' } }),
      autoscaler('rollout', { ref: { apiVersion: 'argoproj.io/v1alpha1' } }),
    ];
    expect(await inspect(wanted, objects, others)).toMatchObject({ lever: { kind: 'replicas' } });
    expect(await inspect(wanted, objects, [...others, autoscaler('mine')])).toMatchObject({
      lever: { kind: 'autoscaler', name: 'mine' },
    });
  });

  const scaledObject = (name: string, scaleTargetRef: object, { metadata = {}, spec = {} } = {}) => ({
    metadata: { name, uid: `uid of ${name}`, ...metadata },
    spec: { scaleTargetRef, ...spec },
  });
  const keda = (items: object[]) => ({ '/apis/keda.sh/v1alpha1/namespaces/shop/scaledobjects': { items } });
  const ofKeda = (name: string) => ownedBy({ kind: 'ScaledObject', name, apiVersion: 'keda.sh/v1alpha1' });

  it('are a KEDA ScaledObject by its own counts, whatever it has made of them', async () => {
    const one = scaledObject('q', { name: 'api' }, { spec: { minReplicaCount: 1, maxReplicaCount: 20 } });
    for (const autoscalers of [[], [autoscaler('keda-hpa-q', { metadata: ofKeda('q') })]]) {
      expect(await inspect(wanted, { ...objects, ...keda([one]) }, autoscalers)).toMatchObject({
        lever: { kind: 'scaledobject', name: 'q', maxReplicas: 20 },
        value: 1,
      });
    }
    expect(await inspect(wanted, { ...objects, ...keda([scaledObject('q', { name: 'api' })]) })).toMatchObject({
      lever: { kind: 'scaledobject', name: 'q', maxReplicas: 100, isUnsaid: true },
      value: 0,
    });
  });

  const annotated = (key: string, value: string) => ({
    metadata: { annotations: { [`autoscaling.keda.sh/${key}`]: value } },
  });
  const paused = (key: string) => `is paused by its annotation autoscaling.keda.sh/${key}`;

  it.each([
    ['is paused', annotated('paused', 'true'), [], paused('paused')],
    ['is paused at a count', annotated('paused-replicas', '0'), [], paused('paused-replicas')],
    [
      'belongs to an operator',
      { metadata: ownedBy({ kind: 'App', name: 'shop', apiVersion: 'apps.example/v1' }) },
      [],
      'belongs to App shop',
    ],
    [
      'stands beside an autoscaler without a mark',
      {},
      [autoscaler('a')],
      'is moved by 2 autoscalers at once: ScaledObject q, a',
    ],
    [
      'stands beside that of another one',
      {},
      [autoscaler('a', { metadata: ofKeda('other') })],
      'at once: ScaledObject q, a',
    ],
  ])('are not moved where a KEDA ScaledObject %s', async (_what, given, autoscalers, message) => {
    const one = scaledObject('q', { name: 'api' }, given);
    await expect(inspect(wanted, { ...objects, ...keda([one]) }, autoscalers)).rejects.toMatchObject({
      type: 'TargetUnsupported',
      message: expect.stringContaining(message) as string,
    });
  });

  it('are moved where a ScaledObject is said not to be paused', async () => {
    const one = scaledObject('q', { name: 'api' }, annotated('paused', 'false'));
    expect(await inspect(wanted, { ...objects, ...keda([one]) })).toMatchObject({ lever: { kind: 'scaledobject' } });
  });

  it('are not hindered by a ScaledObject of something else', async () => {
    const others = keda([
      scaledObject('q', { name: 'other' }),
      scaledObject('s', { kind: 'StatefulSet', name: 'api' }),
    ]);
    expect(await inspect(wanted, { ...objects, ...others })).toMatchObject({ lever: { kind: 'replicas' } });
  });

  it.each([
    ['its annotation paused-scale-out', annotated('paused-scale-out', 'true'), paused('paused-scale-out')],
    ['any value of its annotation but false', annotated('paused', ''), paused('paused')],
  ])('are not moved where a ScaledObject is paused by %s', async (_what, given, message) => {
    const one = scaledObject('q', { name: 'api' }, given);
    await expect(inspect(wanted, { ...objects, ...keda([one]) })).rejects.toThrow(message);
  });

  it('are those of a ScaledObject that goes down to nothing when idle, or has a number for when its metrics are away', async () => {
    const spec = { idleReplicaCount: 0, minReplicaCount: 2, fallback: { failureThreshold: 3, replicas: 6 } };
    expect(
      await inspect(wanted, { ...objects, ...keda([scaledObject('q', { name: 'api' }, { spec })]) }),
    ).toMatchObject({
      lever: { kind: 'scaledobject', name: 'q' },
      value: 2,
    });
  });

  it.each([
    ['an autoscaler', [autoscaler('a', { ref: { kind: 'ReplicaSet', name: 'api-7d9f8b6c5' } })], {}],
    ['a ScaledObject', [], keda([scaledObject('a', { kind: 'ReplicaSet', name: 'api-7d9f8b6c5' })])],
  ])('are a matter for people where %s moves a ReplicaSet of it', async (_what, autoscalers, more) => {
    await expect(inspect(wanted, { ...objects, ...more }, autoscalers)).rejects.toMatchObject({
      type: 'TargetUnsupported',
      message: 'autoscaler a moves ReplicaSet api-7d9f8b6c5, which belongs to Deployment shop/api',
    });
    const others = [autoscaler('b', { ref: { kind: 'ReplicaSet', name: 'api-gateway-7d9f8b6c5' } })];
    expect(await inspect(wanted, objects, others)).toMatchObject({ lever: { kind: 'replicas' } });
  });

  it('are a matter for people where there are two', async () => {
    await expect(inspect(wanted, objects, [autoscaler('b'), autoscaler('a')])).rejects.toMatchObject({
      type: 'TargetUnsupported',
      message: 'Deployment shop/api is moved by 2 autoscalers at once: a, b',
    });
  });

  it.each([
    [
      'a KEDA ScaledObject',
      ownedBy({ kind: 'ScaledObject', name: 'api', apiVersion: 'keda.sh/v1alpha1' }),
      'autoscaler keda-hpa-api of Deployment shop/api belongs to ScaledObject api of keda.sh/v1alpha1',
    ],
    [
      "a KEDA ScaledObject, by KEDA's label",
      { labels: { 'scaledobject.keda.sh/name': 'api' } },
      'autoscaler keda-hpa-api of Deployment shop/api belongs to ScaledObject api of keda.sh',
    ],
    [
      'an operator',
      ownedBy({ kind: 'Collector', name: 'otel', apiVersion: 'opentelemetry.io/v1beta1' }),
      'belongs to Collector otel of opentelemetry.io/v1beta1',
    ],
  ])('are not moved where they belong to %s', async (_what, metadata, message) => {
    await expect(inspect(wanted, objects, [autoscaler('keda-hpa-api', { metadata })])).rejects.toMatchObject({
      type: 'TargetUnsupported',
      message: expect.stringContaining(message) as string,
    });
  });
});
