import { expect, it } from 'vitest';
import { inspectTarget } from '../../../src/clients/kubernetes/inspect-target.ts';
import { scaledObjectsOf } from '../../../src/clients/kubernetes/scaled-object.ts';
import { fakeCluster } from './fake-cluster.ts';

const SCALED_OBJECTS = '/apis/keda.sh/v1alpha1/namespaces/shop/scaledobjects';
const AUTOSCALERS = '/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers';
const wanted = { cluster: 'default', namespace: 'shop', kind: 'Deployment', name: 'api' };
const of = { scaleTargetRef: { name: 'api' } };
const queue = { metadata: { name: 'queue', uid: 'uid of queue' }, spec: { ...of, minReplicaCount: 1 } };
const madeByKeda = {
  metadata: {
    name: 'keda-hpa-queue',
    labels: { 'scaledobject.keda.sh/name': 'queue' },
    ownerReferences: [
      { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', name: 'queue', uid: 'uid of queue', controller: true },
    ],
  },
  spec: { ...of, minReplicas: 1, maxReplicas: 9 },
};

/** A cluster that gets KEDA later, and a clock that is moved by hand. */
function cluster() {
  const objects: Record<string, object> = {
    '/apis/apps/v1/namespaces/shop/deployments/api': { metadata: { name: 'api', uid: 'uid of api' }, spec: {} },
    [AUTOSCALERS]: { items: [] },
  };
  const { kubernetes } = fakeCluster(objects);
  const asked: string[] = [];
  const counting: typeof kubernetes = {
    ...kubernetes,
    get: (path, query) => {
      asked.push(path);
      return kubernetes.get(path, query);
    },
  };
  const time = { now: 0 };
  const list = scaledObjectsOf(counting, () => time.now);
  return {
    time,
    install: (...autoscalers: object[]) => {
      objects[SCALED_OBJECTS] = { items: [queue] };
      objects[AUTOSCALERS] = { items: autoscalers };
    },
    lever: async () => (await inspectTarget(counting, wanted, { listScaledObjects: list })).lever.kind,
    timesAsked: () => asked.filter((path) => path === SCALED_OBJECTS).length,
  };
}

it('a cluster without KEDA is not asked for ScaledObjects each time', async () => {
  const { lever, timesAsked } = cluster();
  expect([await lever(), await lever(), await lever()]).toEqual(['replicas', 'replicas', 'replicas']);
  expect(timesAsked()).toBe(1);
});

it('and is asked again after a while', async () => {
  const { lever, time, install } = cluster();
  expect(await lever()).toBe('replicas');
  install();
  time.now = 299_999;
  expect(await lever()).toBe('replicas');
  time.now = 300_000;
  expect(await lever()).toBe('scaledobject');
});

it('and at once where an autoscaler is one that KEDA has made', async () => {
  const { lever, install } = cluster();
  expect(await lever()).toBe('replicas');
  install(madeByKeda);
  expect(await lever()).toBe('scaledobject');
});

it('a cluster with KEDA is asked each time', async () => {
  const { lever, timesAsked, install } = cluster();
  install();
  expect([await lever(), await lever()]).toEqual(['scaledobject', 'scaledobject']);
  expect(timesAsked()).toBe(2);
});
