import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, expect, it } from 'vitest';
import { applyScale } from '../../src/clients/kubernetes/apply-scale.ts';
import { awaitReady } from '../../src/clients/kubernetes/await-ready.ts';
import { holdTarget, releaseTarget } from '../../src/clients/kubernetes/hold-target.ts';
import { inspectTarget } from '../../src/clients/kubernetes/inspect-target.ts';
import { createKubernetesClient } from '../../src/clients/kubernetes/kubernetes-client.ts';
import type { LeverChange } from '../../src/clients/kubernetes/lever.ts';
import { previewScale } from '../../src/clients/kubernetes/preview-scale.ts';
import { recordEvent } from '../../src/clients/kubernetes/record-event.ts';
import { restoreScale } from '../../src/clients/kubernetes/restore-scale.ts';
import { sumPodRequests } from '../../src/clients/kubernetes/sum-pod-requests.ts';
import { defined } from '../../src/domain/defined.ts';
import type { ScaleSeen } from '../../src/domain/actions/scale/change.ts';
import { workloadPath } from '../../src/clients/kubernetes/workload.ts';
import { type TestCluster, useTestCluster } from '../support/cluster.ts';

interface Deployment {
  metadata: { annotations?: Record<string, string>; uid: string };
  spec: { replicas: number };
}
interface Autoscaler {
  spec: { minReplicas: number };
}

let cluster: TestCluster;
let namespace: string;
useTestCluster('shop', (here) => {
  ({ cluster, namespace } = here);
});

const deploymentPath = () => `/apis/apps/v1/namespaces/${namespace}/deployments/api`;
const deployment = () => cluster.human.get<Deployment>(deploymentPath());
const target = (overrides: object = {}) => ({
  cluster: 'default',
  namespace,
  kind: 'Deployment',
  name: 'api',
  ...overrides,
});
const inspect = () => inspectTarget(cluster.kubernetes, target());

function change(seen: ScaleSeen, to: number, remediationId = 'remediation/A/00000000000000aa/1'): LeverChange {
  const { target: found, uid, lever, value } = seen;
  return { remediationId, target: found, uid, lever, from: value, to };
}

async function ready(replicas: number, deadlineMs = 20_000) {
  const { uid, target: found } = await inspect();
  const wanted = {
    target: found,
    uid,
    replicas,
    exact: true,
    deadlineAt: Date.now() + deadlineMs,
    act: { complaints: [] },
  };
  return awaitReady(cluster.kubernetes, wanted, new AbortController().signal);
}

async function deployed(replicas = 2): Promise<ScaleSeen> {
  await cluster.human.deploy({ namespace, name: 'api', replicas });
  await ready(replicas);
  return inspect();
}

it('makes its requests on connections that are kept', async () => {
  let connections = 0;
  const count = () => void (connections += 1);
  subscribe('undici:client:connected', count);
  try {
    const kubernetes = createKubernetesClient({
      ...{ kubeconfig: cluster.plane.kubeconfigPath, cluster: 'default', timeoutSeconds: 10 },
    });
    for (let request = 0; request < 5; request += 1) await kubernetes.get('/version');
  } finally {
    unsubscribe('undici:client:connected', count);
  }
  expect(connections).toBe(1);
});

describe('inspecting', () => {
  it('tells replicas, lever and requests of a Deployment', async () => {
    expect(await deployed(2)).toMatchObject({
      lever: { kind: 'replicas' },
      value: 2,
      replicas: 2,
      readyReplicas: 2,
      podRequests: { cpu: 0.1, memory: 64 * 1024 ** 2 },
    });
  });

  it('finds the Deployment that owns a Pod', async () => {
    await deployed(1);
    const pods = await cluster.human.get<{ items: { metadata: { name: string } }[] }>(
      `/api/v1/namespaces/${namespace}/pods`,
    );
    const name = pods.items[0]?.metadata.name;
    const seen = await inspectTarget(cluster.kubernetes, target({ kind: 'Pod', name }));
    expect(seen.target).toMatchObject({ kind: 'Deployment', name: 'api' });
  });

  it('names what does not exist, and what no workload owns', async () => {
    await expect(inspect()).rejects.toMatchObject({ type: 'TargetNotFound' });
    await cluster.human.create(`/api/v1/namespaces/${namespace}/pods`, {
      metadata: { name: 'alone' },
      spec: { containers: [{ name: 'main', image: 'example/none' }] },
    });
    const alone = inspectTarget(cluster.kubernetes, target({ kind: 'Pod', name: 'alone' }));
    await expect(alone).rejects.toMatchObject({ type: 'TargetUnsupported' });
  });
});

describe('scaling', () => {
  it('goes up, is waited for, and is put back', async () => {
    const scale = change(await deployed(2), 5);
    expect(await applyScale(cluster.kubernetes, scale)).toEqual({ changed: true, before: 2, after: 5 });
    expect(await ready(5)).toMatchObject({ readyReplicas: 5 });
    expect(await restoreScale(cluster.kubernetes, scale)).toEqual({ status: 'restored', before: 5, after: 2 });
    expect((await deployment()).spec.replicas).toBe(2);
  });

  it('takes effect once, however often it is tried: a retry finds its own change', async () => {
    const scale = change(await deployed(2), 5);
    await applyScale(cluster.kubernetes, scale);
    expect(await applyScale(cluster.kubernetes, scale)).toEqual({ changed: true, before: 2, after: 5 });
    await restoreScale(cluster.kubernetes, scale);
    expect(await restoreScale(cluster.kubernetes, scale)).toEqual({ status: 'restored', before: 5, after: 2 });
  });

  it('refuses when another hand was faster, naming both values and who', async () => {
    const scale = change(await deployed(2), 5);
    await cluster.human.patch(deploymentPath(), { spec: { replicas: 4 } });
    await expect(applyScale(cluster.kubernetes, scale)).rejects.toMatchObject({
      type: 'TargetChanged',
      message: expect.stringMatching(/it was 2, kubectl has set 4/) as string,
    });
    expect((await deployment()).spec.replicas).toBe(4);
    expect(await restoreScale(cluster.kubernetes, scale)).toMatchObject({ status: 'left_alone', found: 4 });
  });

  it('counts a value that a human set to the very same as not its own', async () => {
    const scale = change(await deployed(2), 5);
    await cluster.human.patch(deploymentPath(), { spec: { replicas: 5 } });
    expect(await applyScale(cluster.kubernetes, scale)).toEqual({ changed: false, before: 2, after: 5 });
    expect(await restoreScale(cluster.kubernetes, scale)).toMatchObject({ status: 'left_alone', by: 'kubectl' });
    expect((await deployment()).spec.replicas).toBe(5);
  });

  it('leaves a human alone who scales in the middle, and says what it found', async () => {
    const scale = change(await deployed(2), 5);
    await applyScale(cluster.kubernetes, scale);
    await cluster.human.patch(deploymentPath(), { spec: { replicas: 7 } });
    expect(await restoreScale(cluster.kubernetes, scale)).toEqual({
      status: 'left_alone',
      expected: 5,
      found: 7,
      by: 'kubectl',
    });
    expect((await deployment()).spec.replicas).toBe(7);
  });

  it('is held off by the change of another remediation', async () => {
    const seen = await deployed(2);
    await applyScale(cluster.kubernetes, change(seen, 5));
    const other = change(seen, 6, 'remediation/B/00000000000000bb/1');
    await expect(applyScale(cluster.kubernetes, other)).rejects.toMatchObject({ type: 'TargetHeld' });
  });

  it('never touches an object of the same name that was created anew', async () => {
    const scale = change(await deployed(2), 5);
    await applyScale(cluster.kubernetes, scale);
    await cluster.human.remove(deploymentPath());
    await cluster.human.deploy({ namespace, name: 'api', replicas: 3 });
    expect(await restoreScale(cluster.kubernetes, scale)).toEqual({ status: 'gone' });
    expect((await deployment()).spec.replicas).toBe(3);
    await expect(applyScale(cluster.kubernetes, scale)).rejects.toMatchObject({ type: 'TargetReplaced' });
  });

  it('works from and to zero', async () => {
    await cluster.human.deploy({ namespace, name: 'api', replicas: 0 });
    const scale = change(await inspect(), 2);
    expect(await applyScale(cluster.kubernetes, scale)).toMatchObject({ changed: true, before: 0, after: 2 });
    expect(await restoreScale(cluster.kubernetes, scale)).toMatchObject({ status: 'restored', after: 0 });
    expect((await deployment()).spec.replicas).toBe(0);
  });
});

describe('an admission policy that denies scaling', () => {
  const REFUSED = {
    type: 'KubernetesInvalid',
    message: expect.stringContaining('denied request: scaling is frozen') as string,
  };

  /** Denies every change of a scale in the test's namespace; settles when it does. */
  async function freeze(probe: LeverChange): Promise<void> {
    const api = '/apis/admissionregistration.k8s.io/v1';
    const name = `freeze-${namespace}`;
    await cluster.human.create(`${api}/validatingadmissionpolicies`, {
      metadata: { name },
      spec: {
        matchConstraints: {
          resourceRules: [
            { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['deployments/scale'] },
          ],
        },
        validations: [{ expression: 'false', message: 'scaling is frozen' }],
      },
    });
    await cluster.human.create(`${api}/validatingadmissionpolicybindings`, {
      metadata: { name },
      spec: {
        policyName: name,
        validationActions: ['Deny'],
        matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } },
      },
    });
    await expect
      .poll(() => previewScale(cluster.kubernetes, probe).catch((error: unknown) => error))
      .toMatchObject(REFUSED);
  }

  it('is the reason that is given, at once, and not a change by another hand', async () => {
    const scale = change(await deployed(2), 5);
    await freeze(scale);
    await expect(applyScale(cluster.kubernetes, scale)).rejects.toMatchObject(REFUSED);
    expect((await deployment()).spec.replicas).toBe(2);
  });

  it('is the reason that is given for a change that cannot be put back', async () => {
    const scale = change(await deployed(2), 5);
    await applyScale(cluster.kubernetes, scale);
    await freeze({ ...scale, from: 5, to: 6 });
    await expect(restoreScale(cluster.kubernetes, scale)).rejects.toMatchObject(REFUSED);
    expect((await deployment()).spec.replicas).toBe(5);
  });
});

describe('a workload with an autoscaler', () => {
  const path = () => `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers/api`;

  async function autoscaled(): Promise<ScaleSeen> {
    await deployed(2);
    await cluster.human.create(`/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`, {
      metadata: { name: 'api' },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'api' },
        minReplicas: 2,
        maxReplicas: 8,
        metrics: [
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
        ],
      },
    });
    return inspect();
  }

  it('is scaled by its minReplicas, and that is put back', async () => {
    const seen = await autoscaled();
    expect(seen).toMatchObject({ lever: { kind: 'autoscaler', name: 'api', maxReplicas: 8 }, value: 2 });
    const scale = change(seen, 5);
    expect(await applyScale(cluster.kubernetes, scale)).toMatchObject({ changed: true, before: 2, after: 5 });
    expect((await cluster.human.get<Autoscaler>(path())).spec.minReplicas).toBe(5);
    expect(await restoreScale(cluster.kubernetes, scale)).toMatchObject({ status: 'restored', after: 2 });
    expect((await cluster.human.get<Autoscaler>(path())).spec.minReplicas).toBe(2);
  });

  it('is left alone where a human moved minReplicas meanwhile', async () => {
    const scale = change(await autoscaled(), 5);
    await applyScale(cluster.kubernetes, scale);
    await cluster.human.patch(path(), { spec: { minReplicas: 3 } });
    expect(await restoreScale(cluster.kubernetes, scale)).toMatchObject({ status: 'left_alone', found: 3 });
  });
});

describe('waiting until ready', () => {
  it('fails at once when the quota is full', async () => {
    await deployed(2);
    await cluster.human.create(`/api/v1/namespaces/${namespace}/resourcequotas`, {
      metadata: { name: 'full' },
      spec: { hard: { pods: '2' } },
    });
    await expect
      .poll(
        async () => {
          const quota = await cluster.human.get<{ status?: { hard?: object } }>(
            `/api/v1/namespaces/${namespace}/resourcequotas/full`,
          );
          return quota.status?.hard;
        },
        { timeout: 90_000 },
      )
      .toBeDefined();
    await applyScale(cluster.kubernetes, change(await inspect(), 4));
    await expect(ready(4)).rejects.toMatchObject({
      type: 'EffectFailed',
      message: expect.stringContaining('exceeded quota') as string,
    });
  });

  it('says that another hand moved the count, and that the object was deleted', async () => {
    await cluster.human.deploy({ namespace, name: 'api', replicas: 3, cpu: '10000' });
    await expect(ready(5)).rejects.toMatchObject({ type: 'TargetChanged' });
    const waiting = expect(ready(3)).rejects.toMatchObject({ type: 'TargetNotFound' });
    await cluster.human.remove(deploymentPath());
    await waiting;
  });

  it('ends at its deadline with what was missing, and with the reason of its signal', async () => {
    await cluster.human.deploy({ namespace, name: 'api', replicas: 1, cpu: '10000' });
    await expect(ready(1, 300)).rejects.toMatchObject({
      type: 'EffectTimedOut',
      message: expect.stringContaining('0 of 1 ready') as string,
    });
    const { uid, target: found } = await inspect();
    const abort = new AbortController();
    const wanted = {
      target: found,
      uid,
      replicas: 1,
      exact: true,
      deadlineAt: Date.now() + 60_000,
      act: { complaints: [] },
    };
    const waiting = awaitReady(cluster.kubernetes, wanted, abort.signal);
    abort.abort(new Error('stopping'));
    await expect(waiting).rejects.toThrow('stopping');
  });
});

describe('what people see on the target', () => {
  it('carries marks while it is held, and only its holder takes them off', async () => {
    const scale = change(await deployed(2), 5);
    const { remediationId, uid } = scale;
    const path = workloadPath(scale.target);
    await applyScale(cluster.kubernetes, scale);
    await holdTarget(cluster.kubernetes, { remediationId, path, marks: { 'mendloop.dev/baseline-replicas': '2' } });
    expect((await deployment()).metadata.annotations).toMatchObject({
      'mendloop.dev/remediation': remediationId,
      'mendloop.dev/baseline-replicas': '2',
    });
    expect(await inspect()).toMatchObject({ heldBy: remediationId, leasedFrom: 2 });
    const release = { remediationId, path, uid, marks: ['mendloop.dev/baseline-replicas'] };
    await releaseTarget(cluster.kubernetes, { ...release, remediationId: 'remediation/B/00000000000000bb/1' });
    await releaseTarget(cluster.kubernetes, { ...release, uid: '00000000-0000-0000-0000-000000000000' });
    expect(await inspect()).toHaveProperty('heldBy');
    await releaseTarget(cluster.kubernetes, release);
    await releaseTarget(cluster.kubernetes, release);
    expect(await inspect()).not.toHaveProperty('heldBy');
    expect((await deployment()).metadata.annotations).not.toHaveProperty('mendloop.dev/baseline-replicas');
    // Marks must not take the replica count away from the remediation that set it.
    expect(await restoreScale(cluster.kubernetes, scale)).toMatchObject({ status: 'restored' });
  });

  it('gets one Event for each remediation and reason', async () => {
    const { target: found, uid } = await deployed(1);
    const event = { target: found, uid, remediationId: 'remediation/A/00000000000000aa/1', type: 'Normal' as const };
    await recordEvent(cluster.kubernetes, { ...event, reason: 'MendloopActed', message: 'replicas 2 -> 5' });
    await recordEvent(cluster.kubernetes, { ...event, reason: 'MendloopActed', message: 'replicas 2 -> 5' });
    const events = await cluster.human.get<{ items: { reason: string; involvedObject: { name: string } }[] }>(
      `/api/v1/namespaces/${namespace}/events`,
    );
    const ours = events.items.filter(({ reason }) => reason === 'MendloopActed');
    expect(ours).toHaveLength(1);
    expect(ours[0]?.involvedObject.name).toBe('api');
  });
});

describe('what the Pods request', () => {
  it('is summed over those that run or are to run', async () => {
    await deployed(3);
    const { cpu, memory } = await sumPodRequests(cluster.kubernetes, { namespace });
    expect(cpu).toBeCloseTo(0.3);
    expect(memory).toBe(3 * 64 * 1024 ** 2);
    const all = await sumPodRequests(cluster.kubernetes, {});
    expect(all.cpu).toBeGreaterThanOrEqual(cpu);
  });

  it("is summed for a team over its label and over its namespaces' Pods that have none, each once", async () => {
    const squads = ['blue', 'Søk & Co'];
    const spaces = [
      { name: `${namespace}-labelled`, labels: { squad: 'blue' }, annotations: { squad: 'red' } },
      { name: `${namespace}-annotated`, annotations: { squad: ' Søk & Co ' } },
      { name: `${namespace}-red`, labels: { squad: 'red' } },
      { name: `${namespace}-of-no-team` },
    ];
    const [labelled, annotated, red, none] = spaces.map(({ name }) => name);
    for (const metadata of spaces) await cluster.human.create('/api/v1/namespaces', { metadata });
    const pods: [string | undefined, string, string | undefined][] = [
      [labelled, '1', undefined],
      [labelled, '2', 'blue'],
      [labelled, '4', 'red'],
      [labelled, '8', ''],
      [annotated, '16', undefined],
      [annotated, '32', 'blue'],
      [red, '64', 'blue'],
      [red, '128', undefined],
      [none, '256', 'blue'],
      [none, '512', undefined],
    ];
    for (const [where = '', cpu, squad] of pods) {
      await cluster.human.create(`/api/v1/namespaces/${where}/pods`, {
        metadata: { name: `of-${cpu}`, labels: defined({ squad }) },
        spec: { containers: [{ name: 'main', image: 'example/none', resources: { requests: { cpu } } }] },
      });
    }
    const sums = [...squads, 'red', 'green'].map(async (name) => {
      const { cpu } = await sumPodRequests(cluster.kubernetes, { team: { label: 'squad', name } });
      return cpu;
    });
    expect(await Promise.all(sums)).toEqual([1 + 2 + 8 + 32 + 64 + 256, 16, 4 + 128, 0]);
  });
});

describe('a server that does not answer', () => {
  it('is a retryable failure that says nothing of credentials', async () => {
    const away = createKubernetesClient({
      cluster: 'default',
      kubeconfig: cluster.plane.kubeconfigPath,
      timeoutSeconds: 0.001,
    });
    await expect(inspectTarget(away, target())).rejects.toMatchObject({
      type: 'KubernetesUnavailable',
      message: expect.not.stringContaining(cluster.plane.token) as string,
    });
  });
});
