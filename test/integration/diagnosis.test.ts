import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDiagnosisActivities, type DiagnosisParts } from '../../src/activities/diagnosis/diagnose.ts';
import { ALWAYS_READ } from '../../src/clients/kubernetes/always-read.ts';
import { DIAGNOSIS_READS } from '../../src/clients/kubernetes/diagnosis-reads.ts';
import { createKubernetesClient, type KubernetesClient } from '../../src/clients/kubernetes/kubernetes-client.ts';
import { createPrometheusClient } from '../../src/clients/prometheus/prometheus-client.ts';
import type { Permission } from '../../src/domain/actions/contract.ts';
import type { Diagnosis, DiagnosisPart } from '../../src/domain/diagnosis/diagnosis.ts';
import type { Target } from '../../src/domain/target/target.ts';
import { untilQuotaCounts, waitFor } from '../../dev/stack/index.ts';
import { anAuthority } from '../support/authority.ts';
import { startTestCluster, type TestCluster } from '../support/cluster.ts';
import { PATIENCE_MS } from '../support/patience.ts';
import { asServiceAccount } from '../support/service-account.ts';

const cart: Target = { cluster: 'default', namespace: 'shop', kind: 'Deployment', name: 'cart' };
const deployments = '/apis/apps/v1/namespaces/shop/deployments';
const LOG = 'starting\nDATABASE_URL=postgres://cart:hunter2@db/cart\npanic: no such table: orders\n';

/** Nothing listens there. */
const prometheus = createPrometheusClient({ url: 'http://127.0.0.1:1', timeoutSeconds: 1 } as never);

let cluster: TestCluster;

beforeAll(async () => {
  cluster = await startTestCluster({ log: LOG });
  const { human } = cluster;
  await human.create('/api/v1/namespaces', { metadata: { name: 'shop' } });
  await human.create('/api/v1/namespaces', { metadata: { name: 'closed' } });
  await human.deploy({ namespace: 'shop', name: 'cart', replicas: 2 });
  await readyPods(2);
  await human.patch(`${deployments}/cart`, {
    spec: {
      template: {
        metadata: { labels: { 'stack.mendloop.dev/hold-pending': 'true' } },
        spec: {
          containers: [{ name: 'main', image: 'example/broken', env: [{ name: 'DATABASE_URL', value: 'hunter2' }] }],
        },
      },
    },
  });
  await crashLoop();
  const quotas = '/api/v1/namespaces/shop/resourcequotas';
  await human.create(quotas, { metadata: { name: 'team' }, spec: { hard: { pods: '3' } } });
  await untilQuotaCounts(human, { path: `${quotas}/team`, used: { pods: '3' }, timeoutMs: PATIENCE_MS });
  await human.create('/api/v1/namespaces/shop/events', {
    metadata: { name: 'cart.1' },
    involvedObject: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'cart' },
    ...{ type: 'Warning', reason: 'BackOff', message: 'Back-off restarting failed container', count: 9 },
    lastTimestamp: new Date().toISOString(),
  });
});
afterAll(async () => {
  await prometheus.close();
  await cluster.stop();
});

interface PodList {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly spec: { readonly nodeName?: string; readonly containers: readonly { readonly image: string }[] };
    readonly status: { readonly phase?: string };
  }[];
}

const podsOf = () => cluster.human.get<PodList>('/api/v1/namespaces/shop/pods?labelSelector=app%3Dcart');

async function readyPods(count: number): Promise<void> {
  const are = async () => (await podsOf()).items.filter(({ status }) => status.phase === 'Running').length === count;
  await waitFor(are, { what: `${count} Pods of cart to run`, timeoutMs: PATIENCE_MS });
}

/** What a kubelet would report of a container that ends again and again: kwok's Pods run nothing. */
async function crashLoop(): Promise<void> {
  let broken: string | undefined;
  const isThere = async () => {
    const { items } = await podsOf();
    broken = items.find(({ spec }) => spec.containers[0]?.image === 'example/broken' && spec.nodeName !== undefined)
      ?.metadata.name;
    return broken !== undefined;
  };
  await waitFor(isThere, { what: 'a Pod of the broken release', timeoutMs: PATIENCE_MS });
  await cluster.human.patch(`/api/v1/namespaces/shop/pods/${broken ?? ''}/status`, {
    status: {
      phase: 'Running',
      containerStatuses: [
        {
          ...{ name: 'main', image: 'example/broken', imageID: '', ready: false, restartCount: 4 },
          state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container' } },
          lastState: { terminated: { exitCode: 1, reason: 'Error' } },
        },
      ],
    },
  });
}

function diagnose(over: Partial<DiagnosisParts> = {}, target: Target = cart): Promise<Diagnosis> {
  const activities = createDiagnosisActivities({
    ...{ kubernetes: cluster.kubernetes, prometheus, authority: anAuthority({ namespaces: ['shop'] }) },
    settings: { enabled: true, logs: true },
    ...over,
  });
  return activities.diagnose({ target, labels: {}, cluster: 'default' });
}

const linesOf = ({ sections }: Diagnosis, part: DiagnosisPart) =>
  (sections.find((section) => section.part === part)?.lines ?? []).join('\n');
const gapOf = ({ gaps }: Diagnosis, part: DiagnosisPart) => gaps.find((gap) => gap.part === part)?.why;

describe('a diagnosis on a real API server', () => {
  it('shows a human why: the state, what changed, the quota, the Events, the owners', async () => {
    const diagnosis = await diagnose();
    expect(diagnosis.of).toBe('Deployment shop/cart');
    expect(diagnosis.findings).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/container main waits: CrashLoopBackOff, the last run ended with exit code 1/),
        'Quota team: 3 of 3 pods used',
        expect.stringMatching(
          /^Newest rollout, revision 2, made .* ago: main: image .* -> example\/broken; main: env DATABASE_URL changed/,
        ),
      ]),
    );
    expect(linesOf(diagnosis, 'events')).toContain('Warning BackOff x9');
    expect(linesOf(diagnosis, 'owners')).toBe('Deployment shop/cart');
    expect(linesOf(diagnosis, 'status')).toContain('Deployment shop/cart: replicas 2');
  });

  it('holds neither secrets nor values of the environment', async () => {
    const diagnosis = await diagnose();
    expect(linesOf(diagnosis, 'logs')).toContain('panic: no such table: orders');
    expect(JSON.stringify(diagnosis)).not.toContain('hunter2');
  });

  it('begins at a Pod with all that stands behind it', async () => {
    const [pod] = (await podsOf()).items;
    const diagnosis = await diagnose({}, { ...cart, kind: 'Pod', name: pod?.metadata.name ?? '' });
    expect(linesOf(diagnosis, 'owners')).toMatch(
      /^Pod shop\/cart-\S+ -> ReplicaSet shop\/cart-\S+ -> Deployment shop\/cart$/,
    );
    expect(linesOf(diagnosis, 'pods').split('\n').length).toBeGreaterThan(1);
  });

  it('follows the chain to an operator that is not known here, and names it', async () => {
    await cluster.human.create('/apis/apps/v1/namespaces/shop/statefulsets', {
      metadata: {
        name: 'db',
        ownerReferences: [
          { apiVersion: 'db.example.com/v1', kind: 'Database', name: 'orders', uid: 'u-1', controller: true },
        ],
      },
      spec: {
        ...{ serviceName: 'db', replicas: 0, selector: { matchLabels: { app: 'db' } } },
        template: {
          metadata: { labels: { app: 'db' } },
          spec: { containers: [{ name: 'main', image: 'example/db' }] },
        },
      },
    });
    const diagnosis = await diagnose({}, { ...cart, kind: 'StatefulSet', name: 'db' });
    expect(linesOf(diagnosis, 'owners')).toBe(
      'StatefulSet shop/db -> Database orders of db.example.com/v1 (a kind that is not known here)',
    );
  });

  it('reads nothing where nothing may be done', async () => {
    for (const namespace of ['closed', 'kube-system']) {
      const diagnosis = await diagnose({}, { ...cart, namespace });
      expect(diagnosis.sections).toEqual([]);
      expect(diagnosis.gaps[0]?.why).toMatch(/is not opted in|is the cluster's own/);
    }
  });

  it('says what is gone', async () => {
    const diagnosis = await diagnose({}, { ...cart, name: 'gone' });
    expect(gapOf(diagnosis, 'status')).toMatch(/not found/);
    expect(linesOf(diagnosis, 'quotas')).toContain('team');
  });

  it('settles while the API server is away', async () => {
    const kubernetes = createKubernetesClient({
      ...{ cluster: 'default', timeoutSeconds: 2 },
      kubeconfig: await deadKubeconfig(),
    });
    const diagnosis = await diagnose({ kubernetes });
    expect(diagnosis.sections).toEqual([]);
    expect(diagnosis.gaps.length).toBeGreaterThan(0);
    expect(diagnosis.gaps[0]?.why).toMatch(/no answer/);
  });

  it('tells of the logs that they are switched off, and asks for none', async () => {
    const diagnosis = await diagnose({ settings: { enabled: true, logs: false } });
    expect(gapOf(diagnosis, 'logs')).toContain('switched off (diagnosis.logs)');
    expect(linesOf(diagnosis, 'logs')).toBe('');
  });
});

/** A cluster that does not answer. */
async function deadKubeconfig(): Promise<string> {
  const path = join(cluster.dataDir, 'dead-kubeconfig');
  await writeFile(
    path,
    JSON.stringify({
      ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'dead' },
      clusters: [{ name: 'dead', cluster: { server: 'https://127.0.0.1:1' } }],
      contexts: [{ name: 'dead', context: { cluster: 'dead', user: 'dead' } }],
      users: [{ name: 'dead', user: { token: 'none' } }],
    }),
  );
  return path;
}

describe('the permissions of a diagnosis', () => {
  const all = [...ALWAYS_READ, ...DIAGNOSIS_READS];
  const as = (name: string, permissions: readonly Permission[]): Promise<KubernetesClient> =>
    asServiceAccount(cluster, { namespace: 'shop', name, permissions });

  it('are enough', async () => {
    const { gaps } = await diagnose({ kubernetes: await as('enough', all) });
    // No Prometheus here, and no metrics API.
    expect(gaps.filter(({ part }) => part !== 'consumers')).toEqual([]);
  });

  it.each(
    DIAGNOSIS_READS.map((read, index) => [`${read.verbs.join()} ${read.resources.join()}`, read, index] as const),
  )('all have their use: without %s a part is missing, which says so', async (name, read, index) => {
    const target = read.resources.includes('controllerrevisions') ? { ...cart, kind: 'StatefulSet', name: 'db' } : cart;
    const kubernetes = await as(
      `without-${index}`,
      all.filter((other) => other !== read),
    );
    const { gaps } = await diagnose({ kubernetes }, target);
    const group = read.apiGroups[0] === '' ? '' : `.${read.apiGroups[0] ?? ''}`;
    expect(gaps.map(({ why }) => why)).toContain(`not permitted: ${name}${group}`);
  });
});
