import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createActionEffects } from '../../src/activities/actions/index.ts';
import { planChange } from '../../src/activities/plan-change.ts';
import type { Authority } from '../../src/domain/authority/authority.ts';
import { ACTIONS } from '../../src/domain/actions/index.ts';
import { planSchema } from '../../src/domain/plan/plan.ts';
import { authorizeWith } from '../support/authority.ts';
import { startTestCluster, type TestCluster } from '../support/cluster.ts';
import { aPlan } from '../support/plans.ts';
import { readyPods } from '../support/workloads.ts';

let cluster: TestCluster;
let applied = 0;

interface Made {
  readonly labels?: Record<string, string>;
  readonly annotations?: Record<string, string>;
}

const namespaceOf = (name: string, metadata: Made = {}) =>
  cluster.human.create('/api/v1/namespaces', { metadata: { name, ...metadata } });

const deployment = (
  namespace: string,
  name: string,
  { podLabels = {}, spec = {}, ...metadata }: Made & { podLabels?: object; spec?: object } = {},
) =>
  cluster.human.create(`/apis/apps/v1/namespaces/${namespace}/deployments`, {
    metadata: { name, ...metadata },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name, ...podLabels } },
        spec: {
          containers: [{ name: 'main', image: 'example/none', resources: { requests: { cpu: '10m', memory: '8Mi' } } }],
          ...spec,
        },
      },
    },
  });

beforeAll(async () => {
  cluster = await startTestCluster();
  const { human } = cluster;
  await namespaceOf('open', { labels: { team: 'space' }, annotations: { owner: 'ann' } });
  await namespaceOf('labelled', { labels: { 'mendloop.dev/remediate': 'enabled' } });
  await namespaceOf('closed');
  await namespaceOf('marked', { annotations: { 'mendloop.dev/protected': 'true' } });
  await namespaceOf('kube-mesh');
  for (const name of ['open', 'labelled', 'closed', 'marked', 'kube-mesh', 'kube-system'])
    await deployment(name, 'api');
  await deployment('open', 'owned', { labels: { team: 'checkout' } });
  await deployment('open', 'kept', { labels: { 'mendloop.dev/protected': 'true' } });
  await deployment('open', 'critical', { spec: { priorityClassName: 'system-cluster-critical' } });
  await deployment('open', 'frontend', { podLabels: { 'app.kubernetes.io/name': 'temporal' } });
  await deployment('open', 'pg', { podLabels: { role: 'primary' } });
  await human.create('/api/v1/namespaces/open/services', {
    metadata: { name: 'pg-rw' },
    spec: { selector: { app: 'pg', role: 'primary' }, ports: [{ port: 5432 }] },
  });
  await human.create('/api/v1/nodes', {
    metadata: { name: 'cp-1', labels: { 'node-role.kubernetes.io/control-plane': '' } },
  });
});

afterAll(async () => {
  await (cluster as TestCluster | undefined)?.stop();
});

const authority: Partial<Authority> = {
  namespaces: ['open', 'marked', 'kube-*', 'own'],
  nodes: ['*'],
  ownNamespace: 'own',
  backing: [{ what: "the store's address pg-rw.open.svc", namespace: 'open', name: 'pg-rw' }],
};

/** What a policy may answer that says yes to everything: any object, by any action that takes its kind, as far as it goes. */
function hostile(target: { namespace: string; kind: string; name: string }) {
  const parameters: Record<string, object> = {
    scale: { replicas: 0, allowDecrease: true },
    delete_pod: { minReadyPeers: 0, force: true, allowDaemonSet: true },
    evict_pod: { minReadyPeers: 0, allowDaemonSet: true },
    cordon: { minReadyNodes: 0, minReadyShare: 0 },
    uncordon: { allowOthers: true },
    taint: { minReadyNodes: 0, minReadyShare: 0 },
    untaint: { key: 'sick' },
    drain: { force: true, deleteEmptyDirData: true, minReadyNodes: 0, minReadyShare: 0 },
    restart: { minReadyPeers: 0 },
    set_resources: { limits: { memory: { factor: 10, max: '1Ti' } }, minReadyPeers: 0 },
    job: { name: 'flush', template: { image: 'example/flush:1.0', deadlineSeconds: 60 } },
    patch_configmap: { configMap: 'settings', key: 'mode', value: 'on', allowed: ['on'] },
  };
  return Object.values(ACTIONS)
    .filter(({ kinds }) => kinds.includes(target.kind))
    .map(({ name }) => planSchema.parse({ ...aPlan(), action: name, target, parameters: parameters[name] ?? {} }));
}

const plan = (request: ReturnType<typeof hostile>[number], over: Partial<Authority> = authority) => {
  const effects = createActionEffects(cluster);
  return planChange({ effects, authorize: authorizeWith(cluster.kubernetes, over) }, request);
};

const inNamespace = (namespace: string, name = 'api') => ({ namespace, kind: 'Deployment', name });

describe('a policy that says yes to everything', () => {
  it.each([
    [
      'the cluster’s own namespace',
      inNamespace('kube-system'),
      'TargetProtected',
      "Namespace kube-system is the cluster's own",
    ],
    ['a reserved one, although it is opted in', inNamespace('kube-mesh'), 'TargetProtected', 'Namespace kube-mesh'],
    ['Mendloop’s own', inNamespace('own'), 'TargetProtected', "Mendloop's own"],
    ['a marked namespace', inNamespace('marked'), 'TargetProtected', 'Namespace marked is marked'],
    ['a namespace that is not opted in', inNamespace('closed'), 'TargetNotEnabled', 'mendloop.dev/remediate=enabled'],
    ['a marked object', inNamespace('open', 'kept'), 'TargetProtected', 'Deployment open/kept is marked'],
    ['what the cluster rests on', inNamespace('open', 'critical'), 'TargetProtected', 'system-cluster-critical'],
    ['Temporal', inNamespace('open', 'frontend'), 'TargetProtected', 'what Mendloop rests on'],
    ['the store', inNamespace('open', 'pg'), 'TargetProtected', "the store's address pg-rw.open.svc"],
    ['a node of the control plane', { namespace: '', kind: 'Node', name: 'cp-1' }, 'TargetProtected', 'control plane'],
  ])('does not pass to %s', async (_what, target, type, message) => {
    const plans = hostile(target);
    expect(plans).not.toHaveLength(0);
    for (const one of plans) {
      await expect(plan(one)).rejects.toMatchObject({ type, message: expect.stringContaining(message) as string });
    }
  });

  it('does not pass by naming a Pod of what is protected, whatever it would do to it', async () => {
    const [pod] = await readyPods(cluster, { namespace: 'open', app: 'kept', count: 1 });
    const plans = hostile({ namespace: 'open', kind: 'Pod', name: pod?.metadata.name ?? '' });
    expect(plans.map(({ action }) => action).toSorted()).toEqual(
      Object.values(ACTIONS)
        .filter(({ kinds }) => kinds.includes('Pod'))
        .map(({ name }) => name)
        .toSorted(),
    );
    for (const one of plans) await expect(plan(one)).rejects.toMatchObject({ type: 'TargetProtected' });
  });

  it('does not pass to a node whose Pods are protected, nor to one that is not opted in', async () => {
    const [pod] = await readyPods(cluster, { namespace: 'kube-system', app: 'api', count: 1 });
    const onNode = hostile({ namespace: '', kind: 'Node', name: pod?.spec.nodeName ?? '' });
    // The others leave the Pods of a node where they are.
    const drain = onNode.find(({ action }) => action === 'drain');
    if (drain === undefined) throw new Error('there is no action that empties a node');
    await expect(plan(drain)).rejects.toMatchObject({ type: 'TargetProtected' });
    await expect(plan(drain, { nodes: [] })).rejects.toMatchObject({ type: 'TargetNotEnabled' });
  });
});

describe('what follows from the object', () => {
  const scale = (target: ReturnType<typeof inNamespace>) => ({ ...aPlan(), target: { cluster: 'default', ...target } });

  it('is its team, whatever an alert claims, and that of its namespace where it names none', async () => {
    expect((await plan(scale(inNamespace('open', 'owned')))).ownership).toEqual({
      team: { name: 'checkout', by: 'label team of Deployment open/owned' },
      owner: { name: 'ann', by: 'annotation owner of Namespace open' },
      optedInBy: 'targets.namespaces',
    });
    expect((await plan(scale(inNamespace('open')))).ownership?.team).toEqual({
      name: 'space',
      by: 'label team of Namespace open',
    });
  });

  it.each<[string, Made, string]>([
    [
      'Argo CD',
      { annotations: { 'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:open/applied-0' } },
      'Argo CD (annotation argocd.argoproj.io/tracking-id of Deployment open/applied-0)',
    ],
    [
      'Argo CD',
      { labels: { 'app.kubernetes.io/instance': 'shop' } },
      'Argo CD (label app.kubernetes.io/instance of Deployment open/applied-1)',
    ],
    [
      'Flux',
      { labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps' } },
      'Flux (label kustomize.toolkit.fluxcd.io/name',
    ],
    ['Flux', { labels: { 'helm.toolkit.fluxcd.io/name': 'web' } }, 'Flux (label helm.toolkit.fluxcd.io/name'],
  ])('is that %s applies it: %j', async (_by, made, seen) => {
    applied += 1;
    const name = `applied-${applied - 1}`;
    await deployment('open', name, made);
    const over = { ...authority, argoTrackingLabel: 'app.kubernetes.io/instance' };
    const { ownership } = await plan(scale(inNamespace('open', name)), over);
    expect(ownership?.appliedBy).toContain(seen);
  });

  it.each(['argocd-controller', 'kustomize-controller'])('is that %s set its fields', async (manager) => {
    const name = `by-${manager}`;
    await deployment('open', name);
    const path = `/apis/apps/v1/namespaces/open/deployments/${name}`;
    const patch = { metadata: { labels: { changed: 'true' } } };
    await cluster.kubernetes.mergePatch(path, patch, { fieldManager: manager });
    expect((await plan(scale(inNamespace('open', name)))).ownership?.appliedBy).toContain(`field manager ${manager}`);
  });

  it('is that the autoscaler which would be moved is applied, where the workload is not', async () => {
    await deployment('open', 'autoscaled');
    await cluster.human.create('/apis/autoscaling/v2/namespaces/open/horizontalpodautoscalers', {
      metadata: { name: 'autoscaled', labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps' } },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'autoscaled' },
        ...{ minReplicas: 1, maxReplicas: 8 },
      },
    });
    expect((await plan(scale(inNamespace('open', 'autoscaled')))).ownership?.appliedBy).toContain(
      'of HorizontalPodAutoscaler open/autoscaled',
    );
  });

  it('is nothing of the kind for a label by which Argo CD is not set to track', async () => {
    await deployment('open', 'labelled-only', { labels: { 'app.kubernetes.io/instance': 'shop' } });
    expect((await plan(scale(inNamespace('open', 'labelled-only')))).ownership).not.toHaveProperty('appliedBy');
  });

  it('is nothing of the kind for what Helm installed', async () => {
    await deployment('open', 'helmed', {
      labels: { 'app.kubernetes.io/instance': 'web', 'app.kubernetes.io/managed-by': 'Helm' },
      annotations: { 'meta.helm.sh/release-name': 'web' },
    });
    expect((await plan(scale(inNamespace('open', 'helmed')))).ownership).not.toHaveProperty('appliedBy');
  });

  it('is the label by which its namespace was opted in', async () => {
    expect((await plan(scale(inNamespace('labelled')), { namespaces: [] })).ownership).toEqual({
      optedInBy: 'label mendloop.dev/remediate=enabled of Namespace labelled',
    });
  });
});
