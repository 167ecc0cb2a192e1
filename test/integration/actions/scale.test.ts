import { describe, expect, it } from 'vitest';
import { untilQuotaCounts } from '../../../dev/stack/index.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { createScaleEffects } from '../../../src/activities/actions/scale.ts';
import { sumPodRequests } from '../../../src/clients/kubernetes/sum-pod-requests.ts';
import type { PlannedChange } from '../../../src/domain/actions/contract.ts';
import { scaleParametersSchema } from '../../../src/domain/actions/scale/parameters.ts';
import { scaleAction } from '../../../src/domain/actions/scale/scale.ts';
import { parseQuantity } from '../../../src/domain/cost/quantity.ts';
import { type TestCluster, useTestCluster } from '../../support/cluster.ts';
import { CRDS, installCrd } from '../../support/crds.ts';

const remediationId = 'remediation/default/A/00000000000000aa/1';

let cluster: TestCluster;
let namespace: string;
useTestCluster('levers', (here) => {
  ({ cluster, namespace } = here);
});

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

interface Workload {
  readonly spec: { readonly replicas: number };
  readonly status: {
    readonly readyReplicas?: number;
    readonly updatedReplicas?: number;
    readonly observedGeneration?: number;
    readonly conditions?: readonly Condition[];
  };
}

const apps = (kind: string, name = 'api') => `/apis/apps/v1/namespaces/${namespace}/${kind}/${name}`;
const autoscalers = () => `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`;
const targetOf = (kind = 'Deployment', name = 'api') => ({ cluster: 'default', namespace, kind, name });
const eventually = <T>(look: () => T) => expect.poll(look, { timeout: 90_000, interval: 100 });
const effects = () => createScaleEffects(cluster);
const template = (cpu = '100m') => ({
  metadata: { labels: { app: 'api' } },
  spec: { containers: [{ name: 'main', image: 'example/none', resources: { requests: { cpu, memory: '64Mi' } } }] },
});
const selector = { matchLabels: { app: 'api' } };

async function plan(given: object, target = targetOf()): Promise<PlannedChange> {
  const parameters = scaleParametersSchema.parse(given);
  return scaleAction.plan({ target, parameters, seen: await effects().inspect({ target, parameters }) });
}

const refusal = (given: object, target = targetOf()) => plan(given, target).catch((error: unknown) => error);

/** Acts, and waits until it is done. */
const mayGoOn = () => Promise.resolve(true);

async function act(planned: PlannedChange, deadlineMs = 30_000) {
  const result = await effects().start({ remediationId, epoch: 1, planned });
  const request = { remediationId, planned, result, deadlineAt: Date.now() + deadlineMs };
  return effects().observe(request, new AbortController().signal, mayGoOn);
}

const ready = async (kind = 'deployments', name = 'api') =>
  (await cluster.human.get<Workload>(apps(kind, name))).status.readyReplicas ?? 0;

async function deployed(replicas: number): Promise<void> {
  await cluster.human.deploy({ namespace, name: 'api', replicas });
  await eventually(() => ready()).toBe(replicas);
}

describe('a lever in other hands', () => {
  const controller = (kind: string, apiVersion: string) => ({
    ownerReferences: [
      { apiVersion, kind, name: 'checkout', uid: '11111111-2222-4333-8444-555555555555', controller: true },
    ],
  });

  it('is that of an unknown controller, which is named, from each place in the chain', async () => {
    await cluster.human.create(`/apis/apps/v1/namespaces/${namespace}/replicasets`, {
      metadata: { name: 'api', labels: { app: 'api' }, ...controller('CloneSet', 'apps.kruise.io/v1alpha1') },
      spec: { replicas: 1, selector, template: template() },
    });
    const pods = () =>
      cluster.human.get<{ items: { metadata: { name: string } }[] }>(`/api/v1/namespaces/${namespace}/pods`);
    await eventually(async () => (await pods()).items.length).toBe(1);
    const pod = (await pods()).items[0]?.metadata.name ?? '';
    const refused = {
      type: 'TargetUnsupported',
      message: expect.stringContaining('belongs to CloneSet checkout of apps.kruise.io/v1alpha1') as string,
    };
    expect(await refusal({ replicas: 5 }, targetOf('ReplicaSet'))).toMatchObject(refused);
    expect(await refusal({ replicas: 5 }, targetOf('Pod', pod))).toMatchObject(refused);
  });

  it('is that of a Deployment for a ReplicaSet that a plan names', async () => {
    await deployed(1);
    const sets = await cluster.human.get<{ items: { metadata: { name: string } }[] }>(
      `/apis/apps/v1/namespaces/${namespace}/replicasets`,
    );
    const name = sets.items[0]?.metadata.name ?? '';
    expect(await plan({ replicas: 3 }, targetOf('ReplicaSet', name))).toMatchObject({ target: targetOf() });
  });

  it('is that of what owns the autoscaler, or of two of them', async () => {
    await deployed(1);
    const autoscaler = (name: string, metadata: object = {}) =>
      cluster.human.create(autoscalers(), {
        metadata: { name, ...metadata },
        spec: {
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'api' },
          minReplicas: 1,
          maxReplicas: 8,
        },
      });
    await autoscaler('keda-hpa-api', controller('ScaledObject', 'keda.sh/v1alpha1'));
    expect(await refusal({ replicas: 5 })).toMatchObject({
      type: 'TargetUnsupported',
      message: expect.stringContaining('autoscaler keda-hpa-api') as string,
    });
    await autoscaler('second');
    expect(await refusal({ replicas: 5 })).toMatchObject({
      type: 'TargetUnsupported',
      message: expect.stringContaining('keda-hpa-api, second') as string,
    });
  });

  it('is an operator’s that leaves the mark of a controller out', async () => {
    const { ownerReferences } = controller('KafkaConnect', 'kafka.strimzi.io/v1beta2');
    await cluster.human.create(`/apis/apps/v1/namespaces/${namespace}/statefulsets`, {
      metadata: { name: 'api', ownerReferences: ownerReferences.map((owner) => ({ ...owner, controller: false })) },
      spec: { replicas: 1, serviceName: 'api', selector, template: template() },
    });
    expect(await refusal({ replicas: 5 }, targetOf('StatefulSet'))).toMatchObject({
      type: 'TargetUnsupported',
      message: expect.stringContaining('belongs to KafkaConnect checkout of kafka.strimzi.io/v1beta2') as string,
    });
  });

  it('is no lever of anybody’s while a KEDA ScaledObject is paused and has no autoscaler', async () => {
    await installCrd(cluster, CRDS.scaledObjects);
    const scaledObjects = `/apis/keda.sh/v1alpha1/namespaces/${namespace}/scaledobjects`;
    await deployed(1);
    expect(await plan({ replicas: 3 })).toMatchObject({ change: { to: 3 } });
    await cluster.human.create(scaledObjects, {
      ...{ apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject' },
      metadata: { name: 'queue', annotations: { 'autoscaling.keda.sh/paused-replicas': '1' } },
      spec: { scaleTargetRef: { name: 'api' }, minReplicaCount: 0, maxReplicaCount: 9, triggers: [] },
    });
    expect(await refusal({ replicas: 3 })).toMatchObject({
      type: 'TargetUnsupported',
      message: expect.stringContaining('is paused by its annotation autoscaling.keda.sh/paused-replicas') as string,
    });
  });

  it('is left alone behind an autoscaler of what is switched off', async () => {
    await cluster.human.deploy({ namespace, name: 'api', replicas: 0 });
    await cluster.human.create(autoscalers(), {
      metadata: { name: 'api' },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'api' },
        ...{ minReplicas: 2, maxReplicas: 8 },
      },
    });
    for (const given of [{ replicas: 5 }, { replicas: 1, allowDecrease: true }, { factor: 2, max: 9 }]) {
      expect(await refusal(given)).toMatchObject({ type: 'ReplicaLimit' });
    }
  });

  it('is left alone where it is switched off', async () => {
    await cluster.human.deploy({ namespace, name: 'api', replicas: 0 });
    expect(await refusal({ replicas: 5 })).toMatchObject({ type: 'ReplicaLimit' });
    expect(await refusal({ add: 1, max: 5 })).toMatchObject({ type: 'ReplicaLimit' });
  });
});

describe('what a controller had said before the act', () => {
  const conditions = async () => (await cluster.human.get<Workload>(apps('deployments'))).status.conditions ?? [];

  it('is waited out: no progress by its deadline', async () => {
    await cluster.human.create(`/apis/apps/v1/namespaces/${namespace}/deployments`, {
      metadata: { name: 'api' },
      spec: { replicas: 1, progressDeadlineSeconds: 3, selector, template: template('10000') },
    });
    await eventually(conditions).toContainEqual(expect.objectContaining({ reason: 'ProgressDeadlineExceeded' }));
    const planned = await plan({ replicas: 2 });
    await expect(act(planned, 1500)).rejects.toMatchObject({ type: 'EffectTimedOut' });
    await cluster.human.patch(apps('deployments'), { spec: { template: template() } });
    expect(await act(planned)).toMatchObject({ text: '2 ready replicas' });
  });

  it('is waited out: a quota that has been raised since', async () => {
    await deployed(2);
    const quotas = `/api/v1/namespaces/${namespace}/resourcequotas`;
    await cluster.human.create(quotas, { metadata: { name: 'full' }, spec: { hard: { pods: '2' } } });
    await untilQuotaCounts(cluster.human, { path: `${quotas}/full`, used: { pods: '2' }, timeoutMs: PATIENCE_MS });
    await cluster.human.patch(apps('deployments'), { spec: { replicas: 3 } });
    const refused = expect.objectContaining({ message: expect.stringContaining('exceeded quota') as string }) as object;
    await eventually(conditions).toContainEqual(refused);
    await cluster.human.patch(`${quotas}/full`, { spec: { hard: { pods: '9' } } });
    expect(await act(await plan({ replicas: 5 }))).toMatchObject({ text: '5 ready replicas' });
  });
});

describe('replicas that are kept on an old template', () => {
  it('count, behind a pause', async () => {
    await deployed(2);
    await cluster.human.patch(apps('deployments'), { spec: { paused: true, template: template('200m') } });
    expect(await act(await plan({ replicas: 4 }))).toMatchObject({ text: '4 ready replicas' });
    expect((await cluster.human.get<Workload>(apps('deployments'))).status.updatedReplicas ?? 0).toBe(0);
  });

  it('count, behind a partition', async () => {
    await cluster.human.create(`/apis/apps/v1/namespaces/${namespace}/statefulsets`, {
      metadata: { name: 'api' },
      spec: {
        ...{ replicas: 2, serviceName: 'api', selector, template: template() },
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 3 } },
      },
    });
    await eventually(() => ready('statefulsets')).toBe(2);
    await cluster.human.patch(apps('statefulsets'), { spec: { template: template('200m') } });
    expect(await act(await plan({ replicas: 4 }, targetOf('StatefulSet')))).toMatchObject({ text: '4 ready replicas' });
    expect((await cluster.human.get<Workload>(apps('statefulsets'))).status.updatedReplicas ?? 0).toBeLessThan(4);
  });
});

describe('replicas that are ready as people want them to be', () => {
  it('count where they are deleted by hand to be renewed', async () => {
    await cluster.human.create(`/apis/apps/v1/namespaces/${namespace}/statefulsets`, {
      metadata: { name: 'api' },
      spec: {
        ...{ replicas: 2, serviceName: 'api', selector, template: template() },
        updateStrategy: { type: 'OnDelete' },
      },
    });
    await eventually(() => ready('statefulsets')).toBe(2);
    await cluster.human.patch(apps('statefulsets'), { spec: { template: template('200m') } });
    expect(await act(await plan({ add: 1, max: 9 }, targetOf('StatefulSet')))).toMatchObject({
      text: '3 ready replicas',
    });
  });

  it('count behind a pause in the middle of a rollout, with its surge', async () => {
    await cluster.human.create(`/apis/apps/v1/namespaces/${namespace}/deployments`, {
      metadata: { name: 'api' },
      spec: {
        ...{ replicas: 2, selector, template: template() },
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      },
    });
    await eventually(() => ready()).toBe(2);
    // The new one is never ready, so that the rollout stands with it beside the old ones.
    await cluster.human.patch(apps('deployments'), { spec: { template: template('10000') } });
    const updated = async () => (await cluster.human.get<Workload>(apps('deployments'))).status.updatedReplicas;
    await eventually(updated).toBe(1);
    await cluster.human.patch(apps('deployments'), { spec: { paused: true } });
    expect(await ready()).toBe(2);
    const planned = await plan({ replicas: 2 });
    expect(planned.isDone).toBe(true);
    expect(await act(planned)).toMatchObject({ text: '2 ready replicas' });
  });

  it('serve although their controller waits longer than there is time to call them available', async () => {
    await cluster.human.create(`/apis/apps/v1/namespaces/${namespace}/deployments`, {
      metadata: { name: 'api' },
      spec: { replicas: 1, minReadySeconds: 3600, progressDeadlineSeconds: 7200, selector, template: template() },
    });
    await eventually(() => ready()).toBe(1);
    expect(await act(await plan({ replicas: 3 }), 4000)).toMatchObject({ text: '3 ready replicas' });
  });
});

describe('a lever that another hand moves after the act', () => {
  const scaled = { changed: true, text: 'Scaled 2 -> 5', handle: {} };
  const standing = async (planned: PlannedChange) => effects().stands?.({ remediationId, planned, result: scaled });

  it('is told although it was moved back to the very same value', async () => {
    await deployed(2);
    const planned = await plan({ replicas: 5 });
    await act(planned);
    for (const replicas of [2, 5]) await cluster.human.patch(apps('deployments'), { spec: { replicas } });
    expect(await standing(planned)).toMatchObject({ status: 'moved', expected: '5', found: '5', by: 'kubectl' });
  });

  it('is told of an autoscaler: its minimum, and a workload that is switched off behind it', async () => {
    await deployed(2);
    await cluster.human.create(autoscalers(), {
      metadata: { name: 'api' },
      spec: {
        ...{ minReplicas: 2, maxReplicas: 9 },
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'api' },
      },
    });
    const planned = await plan({ replicas: 5 });
    await act(planned);
    expect(await standing(planned)).toEqual({ status: 'stands' });
    await cluster.human.patch(apps('deployments'), { spec: { replicas: 0 } });
    expect(await standing(planned)).toMatchObject({ status: 'moved', expected: '5', found: '0', by: 'kubectl' });
    await cluster.human.patch(`${autoscalers()}/api`, { spec: { minReplicas: 2 } });
    expect(await standing(planned)).toMatchObject({ status: 'moved', expected: '5', found: '2', by: 'kubectl' });
    expect(await effects().undo({ remediationId, planned, result: scaled })).toMatchObject({
      text: 'We had set 5, and kubectl has put it back to 2 already',
    });
  });

  it('is told while the effect is waited for, at the next look, and by the undo', async () => {
    await deployed(2);
    const planned = await plan({ replicas: 5 });
    await act(planned);
    const result = { changed: true, text: 'Scaled 2 -> 5', handle: {} };
    const request = { remediationId, planned, result };
    expect(await effects().stands?.(request)).toEqual({ status: 'stands' });
    await cluster.human.patch(apps('deployments'), { spec: { replicas: 2 } });
    expect(await effects().stands?.(request)).toMatchObject({
      status: 'moved',
      expected: '5',
      found: '2',
      by: 'kubectl',
    });
    const observing = effects().observe(
      { ...request, deadlineAt: Date.now() + 5000 },
      new AbortController().signal,
      mayGoOn,
    );
    await expect(observing).rejects.toMatchObject({ type: 'TargetChanged' });
    expect(await effects().undo(request)).toEqual({
      status: 'nothing_to_undo',
      text: 'We had set 5, and kubectl has put it back to 2 already',
    });
  });
});

describe('what Pods request', () => {
  it('has for one that would be added what its template does not say: overhead, and the defaults of the namespace', async () => {
    const runtimeClassName = `kata-${namespace}`;
    await cluster.human.create('/apis/node.k8s.io/v1/runtimeclasses', {
      metadata: { name: runtimeClassName },
      ...{ handler: 'kata', overhead: { podFixed: { cpu: '250m', memory: '16Mi' } } },
    });
    await cluster.human.create(`/api/v1/namespaces/${namespace}/limitranges`, {
      metadata: { name: 'defaults' },
      spec: { limits: [{ type: 'Container', defaultRequest: { cpu: '200m' } }] },
    });
    const silent = { name: 'main', image: 'example/none', resources: { requests: { memory: '64Mi' } } };
    await cluster.human.create(`/apis/apps/v1/namespaces/${namespace}/deployments`, {
      metadata: { name: 'api' },
      spec: {
        ...{ replicas: 1, selector },
        template: { metadata: { labels: { app: 'api' } }, spec: { runtimeClassName, containers: [silent] } },
      },
    });
    await eventually(async () => (await plan({ replicas: 3 })).adds?.cpu).toBeCloseTo(2 * 0.45);
    expect((await plan({ replicas: 3 })).adds).toMatchObject({ memory: 2 * 80 * 1024 ** 2 });
    expect((await plan({ replicas: 3 })).adds).not.toHaveProperty('undeclared');
  });

  it('is what the API server itself counts against a quota', async () => {
    const quotas = `/api/v1/namespaces/${namespace}/resourcequotas`;
    await cluster.human.create(quotas, {
      metadata: { name: 'requests' },
      spec: { hard: { 'requests.cpu': '1k', 'requests.memory': '1Ti' } },
    });
    const used = async () => {
      const { status } = await cluster.human.get<{ status?: { used?: Record<string, string> } }>(`${quotas}/requests`);
      return {
        cpu: parseQuantity(status?.used?.['requests.cpu'] ?? ''),
        memory: parseQuantity(status?.used?.['requests.memory'] ?? ''),
      };
    };
    await eventually(used).toEqual({ cpu: 0, memory: 0 });
    await cluster.human.create('/apis/node.k8s.io/v1/runtimeclasses', {
      metadata: { name: `sandbox-${namespace}` },
      ...{ handler: 'sandbox', overhead: { podFixed: { cpu: '250m', memory: '16Mi' } } },
    });
    const requests = (cpu: string, memory = '8Mi') => ({ resources: { requests: { cpu, memory } } });
    const main = { name: 'main', image: 'example/none', ...requests('100m') };
    const pods: Record<string, object> = {
      plain: { containers: [main, { ...main, name: 'second' }] },
      limits: { containers: [{ ...main, resources: { limits: { cpu: '700m', memory: '32Mi' } } }] },
      init: {
        containers: [main],
        initContainers: [
          { ...main, name: 'sidecar', restartPolicy: 'Always', ...requests('300m') },
          { ...main, name: 'migrate', ...requests('2', '1Gi') },
        ],
      },
      sandboxed: { containers: [main], runtimeClassName: `sandbox-${namespace}` },
      whole: { containers: [main], resources: { requests: { cpu: '900m', memory: '64Mi' } } },
      'whole-limits': { containers: [main], resources: { limits: { cpu: '3', memory: '1Gi' } } },
      'whole-only': {
        containers: [{ name: 'main', image: 'example/none' }],
        resources: { limits: { cpu: '1500m', memory: '128Mi' } },
      },
    };
    for (const [name, spec] of Object.entries(pods)) {
      await cluster.human.create(`/api/v1/namespaces/${namespace}/pods`, { metadata: { name }, spec });
    }
    const { cpu, memory } = await sumPodRequests(cluster.kubernetes, { namespace });
    expect(cpu).toBeGreaterThan(5);
    await eventually(async () => Math.round((await used()).cpu * 1000)).toBe(Math.round(cpu * 1000));
    expect((await used()).memory).toBe(memory);
  });
});
