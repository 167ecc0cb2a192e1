import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createLookAtChecks } from '../../src/activities/look-at-checks.ts';
import { createPrometheusActivities, type Proof } from '../../src/activities/prometheus.ts';
import type { KubernetesClient } from '../../src/clients/kubernetes/kubernetes-client.ts';
import { ALWAYS_READ } from '../../src/clients/kubernetes/always-read.ts';
import { readConditions } from '../../src/clients/kubernetes/read-conditions.ts';
import { createProbeClient } from '../../src/clients/probes/probe-client.ts';
import { createPrometheusClient } from '../../src/clients/prometheus/prometheus-client.ts';
import { configSchema } from '../../src/config/schema.ts';
import type { Permission, ProofSubject } from '../../src/domain/actions/contract.ts';
import { objectConditionSchema } from '../../src/domain/plan/object-condition.ts';
import { verificationSchema } from '../../src/domain/plan/verification-clause.ts';
import { type TestCluster, useTestCluster } from '../support/cluster.ts';
import { asServiceAccount, withoutOneVerb } from '../support/service-account.ts';
import { createWorkload, type PodObject } from '../support/workloads.ts';

let cluster: TestCluster;
let namespace: string;
useTestCluster('proof', (here) => {
  ({ cluster, namespace } = here);
});

const subject = (name: string, kind = 'Deployment', more: object = {}): ProofSubject => ({
  target: { cluster: 'default', namespace: kind === 'Node' ? '' : namespace, kind, name },
  ...more,
});

async function statuses(conditions: object[], of: ProofSubject, kubernetes: KubernetesClient = cluster.kubernetes) {
  const looks = await readConditions(kubernetes, {
    conditions: conditions.map((one) => objectConditionSchema.parse(one)),
    subject: of,
    now: Date.now(),
  });
  return looks.map(({ status, text }) => `${status}: ${text}`);
}

/** As a kubelet tells of a container that crashes again and again, and then runs. */
async function tell(pod: PodObject, state: object) {
  await cluster.human.patch(`/api/v1/namespaces/${namespace}/pods/${pod.metadata.name}/status`, {
    status: { containerStatuses: [{ name: 'main', image: 'x', imageID: '', ready: true, restartCount: 9, state }] },
  });
}
const crashing = { waiting: { reason: 'CrashLoopBackOff' } };
const running = (seconds: number) => ({ running: { startedAt: new Date(Date.now() - seconds * 1000).toISOString() } });

describe('conditions of real objects', () => {
  it('of a Deployment, its Pods and a node', async () => {
    const [pod, other] = await createWorkload(cluster, { namespace, kind: 'Deployment', name: 'api', replicas: 2 });
    if (pod === undefined || other === undefined) throw new Error('two Pods were awaited');
    const wanted = [{ kind: 'rollout_complete' }, { kind: 'ready' }, { kind: 'pod_scheduled' }];
    await expect
      .poll(() => statuses(wanted, subject('api')))
      .toEqual([
        `holds: Deployment ${namespace}/api: 2 of 2 updated, 2 available`,
        `holds: Deployment ${namespace}/api: 2 of 2 ready`,
        `holds: Deployment ${namespace}/api is scheduled`,
      ]);
    expect(await statuses([{ kind: 'ready' }], subject('api', 'Deployment', { pods: 3 }))).toEqual([
      `fails: Deployment ${namespace}/api: 2 of 3 ready`,
    ]);

    await tell(other, running(600));
    await tell(pod, crashing);
    const steady = [{ kind: 'no_restarts', forSeconds: 60 }];
    const text = `container main of Pod ${pod.metadata.name} waits: CrashLoopBackOff, after 9 restarts`;
    expect(await statuses(steady, subject('api'))).toEqual([`fails: ${text}`]);
    await tell(pod, running(61));
    expect(await statuses(steady, subject('api'))).toEqual([
      `holds: Deployment ${namespace}/api: no container restart for 60 s`,
    ]);

    const node = pod.spec.nodeName ?? '';
    const [ready, empty] = await statuses([{ kind: 'node_ready' }, { kind: 'node_empty' }], subject(node, 'Node'));
    expect(ready).toBe(`holds: Node ${node} is ready`);
    expect(empty).toMatch(/^fails: \d+ Pods? on Node/);
  });

  it('a rollout that the controller has begun is not complete until its last Pod is', async () => {
    await createWorkload(cluster, { namespace, kind: 'Deployment', name: 'api', replicas: 2 });
    await cluster.human.patch(`/apis/apps/v1/namespaces/${namespace}/deployments/api`, {
      spec: { template: { spec: { nodeSelector: { none: 'such' } } } },
    });
    const [found] = await statuses([{ kind: 'rollout_complete' }], subject('api'));
    expect(found).toMatch(/^fails: /);
  });

  it('of objects that a plan names, those that do not exist and those that may not be read', async () => {
    await cluster.human.create(`/apis/batch/v1/namespaces/${namespace}/jobs`, {
      metadata: { name: 'migrate' },
      spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'x' }] } } },
    });
    const job = (name: string) => [{ kind: 'job_complete', of: { kind: 'Job', name } }];
    expect(await statuses(job('migrate'), subject('api'))).toEqual([`fails: Job ${namespace}/migrate is not complete`]);
    const at = new Date(Date.now() - 1000).toISOString();
    const conditions = ['SuccessCriteriaMet', 'Complete'].map((type) => ({
      type,
      status: 'True',
      lastTransitionTime: at,
    }));
    await cluster.human.patch(`/apis/batch/v1/namespaces/${namespace}/jobs/migrate/status`, {
      status: { startTime: at, completionTime: at, succeeded: 1, conditions },
    });
    expect(await statuses(job('migrate'), subject('api'))).toEqual([`holds: Job ${namespace}/migrate is complete`]);
    expect(await statuses(job('other'), subject('api'))).toEqual([`fails: there is no Job ${namespace}/other`]);

    const blind = await asServiceAccount(cluster, { namespace, name: 'blind', permissions: [] });
    const [unknown] = await statuses(job('migrate'), subject('api'), blind);
    expect(unknown).toMatch(/^unknown: Job .* is unknown: .*forbidden/i);
  });
});

it('needs what Mendloop always reads, and each verb of it', async () => {
  await createWorkload(cluster, { namespace, kind: 'Deployment', name: 'api', replicas: 1 });
  const of = (kind: string) => ({ of: { kind, name: 'none' } });
  const wanted = [
    { kind: 'no_restarts', forSeconds: 0.001 },
    { kind: 'ready', ...of('DaemonSet') },
    { kind: 'job_complete', ...of('Job') },
    { kind: 'claim_bound', ...of('PersistentVolumeClaim') },
    { kind: 'condition', type: 'ScalingLimited', status: 'False', ...of('HorizontalPodAutoscaler') },
    { kind: 'ready', ...of('Pod') },
  ];
  const used = [
    'get deployments',
    'list replicasets',
    'list pods',
    'get pods',
    'get daemonsets',
    'get jobs',
    'get persistentvolumeclaims',
    'get horizontalpodautoscalers',
  ];
  const isUnknown = (looks: string[]) => looks.some((look) => look.startsWith('unknown'));
  const as = (name: string, permissions: readonly Permission[]) =>
    asServiceAccount(cluster, { namespace, name, permissions });
  expect(isUnknown(await statuses(wanted, subject('api'), await as('all', ALWAYS_READ)))).toBe(false);
  const cut = withoutOneVerb(ALWAYS_READ).filter(([name]) => used.includes(name));
  expect(cut.map(([name]) => name).toSorted()).toEqual(used.toSorted());
  for (const [index, [name, permissions]] of cut.entries()) {
    const looks = await statuses(wanted, subject('api'), await as(`without-${index}`, permissions));
    expect(isUnknown(looks), name).toBe(true);
  }
});

describe('a proof without a number', () => {
  async function verify(of: ProofSubject, more: object, hosts: string[] = []): Promise<Proof> {
    // None answers there: a plan without an objective asks Prometheus nothing.
    const prometheus = createPrometheusClient(
      configSchema.parse({ prometheus: { url: 'http://127.0.0.1:1' } }).prometheus,
    );
    onTestFinished(() => prometheus.close());
    const lookAtChecks = createLookAtChecks({ kubernetes: cluster.kubernetes, probes: createProbeClient({ hosts }) });
    const activities = createPrometheusActivities({ prometheus, lookAtChecks });
    const verification = verificationSchema.parse({ intervalSeconds: 0.1, deadlineSeconds: 20, ...more });
    const environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
    type Verify = typeof activities.verifyRemediation;
    const baseline = { neighbours: [] };
    return environment.run<Parameters<Verify>, Proof, Verify>(activities.verifyRemediation, {
      verification,
      baseline,
      subject: of,
    });
  }

  it('is good once the container stays up, and needs no Prometheus', async () => {
    const [pod] = await createWorkload(cluster, { namespace, kind: 'Deployment', name: 'api', replicas: 1 });
    if (pod === undefined) throw new Error('a Pod was awaited');
    await tell(pod, crashing);
    const proving = verify(subject('api'), { conditions: [{ kind: 'ready' }, { kind: 'no_restarts', forSeconds: 1 }] });
    await tell(pod, running(0));
    expect(await proving).toMatchObject({
      verdict: 'good',
      checks: [{ name: 'ready' }, { name: 'no container restart for 1 s', after: { status: 'holds' } }],
    });
  });

  it('is bad at its deadline while a container crashes, though all is ready', async () => {
    const [pod] = await createWorkload(cluster, { namespace, kind: 'Deployment', name: 'api', replicas: 1 });
    if (pod === undefined) throw new Error('a Pod was awaited');
    await tell(pod, crashing);
    const report = await verify(subject('api'), {
      ...{ conditions: [{ kind: 'ready' }, { kind: 'no_restarts', forSeconds: 1 }], deadlineSeconds: 1 },
    });
    expect(report).toMatchObject({ verdict: 'bad', failure: 'VerificationFailed' });
    expect(report.summary).toContain('waits: CrashLoopBackOff');
  });

  it('asks a probe as well, and all of it must hold', async () => {
    await createWorkload(cluster, { namespace, kind: 'Deployment', name: 'api', replicas: 1 });
    let healthy = false;
    let asked = 0;
    const server = createServer((_request, response) => {
      asked += 1;
      if (asked === 5) healthy = true;
      response.writeHead(healthy ? 200 : 503).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const probes = [{ name: 'api answers', url: `http://${host}/health` }];
    const terms = { conditions: [{ kind: 'ready' }], probes, consecutive: 2 };
    expect(await verify(subject('api'), terms, [host])).toMatchObject({ verdict: 'good' });
    expect(asked).toBe(6);
    expect(await verify(subject('api'), { ...terms, deadlineSeconds: 0.5 })).toMatchObject({ verdict: 'inconclusive' });
  });
});
