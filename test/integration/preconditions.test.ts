import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createActionEffects } from '../../src/activities/actions/index.ts';
import { planChange } from '../../src/activities/plan-change.ts';
import type { ActionName } from '../../src/domain/actions/index.ts';
import {
  type Precondition,
  PRECONDITION_KINDS,
  type PreconditionKind,
  preconditionSchema,
} from '../../src/domain/precondition/precondition.ts';
import { preconditionsOf } from '../../src/domain/precondition/preconditions-of.ts';
import type { Target } from '../../src/domain/target/target.ts';
import { holdPendingLabel } from '../../src/local/kubernetes/kwok-stages.ts';
import { SqlAdmissionStore } from '../../src/store/admission/sql-admission-store.ts';
import { authorizeWith } from '../support/authority.ts';
import { type TestCluster, useTestCluster } from '../support/cluster.ts';
import { createNode, nodePath } from '../support/nodes.ts';
import { untilQuotaCounts } from '../../dev/stack/index.ts';
import { PATIENCE_MS } from '../support/patience.ts';
import { type MemoryDatabase, memoryDatabase } from '../support/store/memory-database.ts';
import { aClause, asking, leaving, OPEN } from '../support/store/requests.ts';
import { createWorkload } from '../support/workloads.ts';

let cluster: TestCluster;
let namespace: string;
let database: MemoryDatabase;
useTestCluster('wanted', (here) => {
  ({ cluster, namespace } = here);
});
beforeAll(async () => {
  database = await memoryDatabase();
});
afterAll(() => database.close());

type Named = Pick<Target, 'kind' | 'name'>;
type Kind = 'Deployment' | 'StatefulSet';
const MAIN = { name: 'main', image: 'shop/api:1' };

/** Settles when its Pods are ready. */
async function workload(
  name: string,
  {
    kind = 'Deployment',
    replicas = 2,
    annotations = {},
  }: { kind?: Kind; replicas?: number; annotations?: object } = {},
): Promise<Named> {
  await createWorkload(cluster, { namespace, kind, name, replicas });
  await cluster.human.patch(pathOf({ kind, name }), { metadata: { annotations } });
  return { kind, name };
}

const pathOf = ({ kind, name }: Named) => `/apis/apps/v1/namespaces/${namespace}/${kind.toLowerCase()}s/${name}`;

const specOf = (of: Named, spec: object) => cluster.human.patch(pathOf(of), { spec });

/** With a second revision; the labels of both templates are as given. */
async function released(name: string, [first, second]: readonly [object, object] = [{}, {}]): Promise<Named> {
  const found = await workload(name, { replicas: 1 });
  const revision = async () => {
    const { metadata } = await cluster.human.get<{ metadata: { annotations?: Record<string, string> } }>(pathOf(found));
    return metadata.annotations?.['deployment.kubernetes.io/revision'];
  };
  const give = async (labels: object, image: string, wanted: string) => {
    await specOf(found, { template: { metadata: { labels }, spec: { containers: [{ ...MAIN, image }] } } });
    await expect.poll(revision, { timeout: PATIENCE_MS }).toBe(wanted);
  };
  await give(first, 'shop/api:1', '2');
  await give(second, 'shop/api:2', '3');
  return found;
}

async function podOf({ name }: Named): Promise<Named> {
  const { items } = await cluster.human.get<{ items: { metadata: { name: string } }[] }>(
    `/api/v1/namespaces/${namespace}/pods?labelSelector=app%3D${name}`,
  );
  return { kind: 'Pod', name: items[0]?.metadata.name ?? '' };
}

/** So many nodes of a pool of their own, of which the others stay or go out of use. Gives the first. */
async function pool(name: string, { others, areCordoned }: { others: number; areCordoned: boolean }): Promise<Named> {
  const names = Array.from({ length: others + 1 }, (_, index) => `${namespace}-${name}-${index}`);
  await Promise.all(names.map((node) => createNode(cluster, { name: node, pool: `${namespace}-${name}` })));
  for (const node of areCordoned ? names.slice(1) : []) {
    await cluster.human.patch(nodePath(node), { spec: { unschedulable: true } });
  }
  return { kind: 'Node', name: names[0] ?? '' };
}

/** Its controller says of it that a quota stops its Pods; there is another of one Pod. */
async function outOfRoom(name: string): Promise<Named> {
  const found = await workload(name, { replicas: 1 });
  const quota = `/api/v1/namespaces/${namespace}/resourcequotas`;
  await cluster.human.create(quota, { metadata: { name: 'full' }, spec: { hard: { pods: '2' } } });
  await untilQuotaCounts(cluster.human, { path: `${quota}/full`, used: { pods: '2' }, timeoutMs: PATIENCE_MS });
  await specOf(found, { replicas: 2 });
  return found;
}

async function unevenRollout(name: string): Promise<Named> {
  const found = await workload(name);
  await specOf(found, { template: { metadata: { labels: { [holdPendingLabel]: '' } } } });
  return found;
}

async function soloPod(name: string): Promise<Named> {
  await cluster.human.create(`/api/v1/namespaces/${namespace}/pods`, {
    metadata: { name, labels: { app: name } },
    spec: { containers: [MAIN] },
  });
  return { kind: 'Pod', name };
}

const surging = async (name: string, rollingUpdate: object) => {
  const found = await workload(name);
  await specOf(found, { strategy: { rollingUpdate } });
  return found;
};

/** An earlier remediation has restarted it, as the store knows. */
async function restarted(name: string): Promise<Named> {
  const found = await workload(name, { replicas: 1 });
  const target = `default/${namespace}/Deployment/${name}`;
  const store = new SqlAdmissionStore({ database, limits: OPEN });
  await store.admit(asking(name, { target, namespace, action: 'restart', clause: aClause() }));
  await store.leave(leaving(name, { actedAt: Date.now() }));
  return found;
}

interface Case {
  /** Beside its kind, as a policy writes it. */
  readonly wants?: object;
  readonly make: () => Promise<Named>;
}

interface Row {
  readonly action: ActionName;
  readonly met: Case;
  /** Settles in this state after a while: what it is judged by needs time to come about. */
  readonly unmet: Case & { readonly seen: RegExp };
}

/** Two seconds. */
const BRIEF = { hours: 2 / 3600, days: 2 / 86_400 };

const ROWS: Readonly<Record<PreconditionKind, Row>> = {
  not_repeated: {
    action: 'restart',
    met: { make: () => workload('untouched', { replicas: 1 }) },
    unmet: { make: () => restarted('touched'), seen: /^done \d+ s ago by touched$/ },
  },
  ready_left: {
    action: 'restart',
    met: { wants: { min: 2 }, make: () => surging('kept', { maxUnavailable: 0, maxSurge: 1 }) },
    unmet: {
      ...{ wants: { min: 2 }, make: () => surging('taken', { maxUnavailable: 1, maxSurge: 0 }) },
      seen: /^1 of Deployment .*taken would be left$/,
    },
  },
  replicas_at_least: {
    action: 'restart',
    met: { wants: { min: 2 }, make: () => workload('two') },
    unmet: { wants: { min: 2 }, make: () => workload('one', { replicas: 1 }), seen: /one is to have 1$/ },
  },
  at_rest: {
    action: 'restart',
    met: { make: () => workload('resting') },
    unmet: {
      make: () => unevenRollout('rolling'),
      seen: /^(\d of 2 Pods are of its newest|1 Pods of an older) template/,
    },
  },
  quota_has_room: {
    action: 'scale',
    met: { make: () => workload('free', { replicas: 1 }) },
    unmet: { make: () => outOfRoom('full'), seen: /exceeded quota: full/ },
  },
  released_within: {
    action: 'rollback_release',
    met: { wants: { hours: 1 }, make: () => released('new') },
    unmet: {
      ...{ wants: { hours: BRIEF.hours }, make: () => released('old') },
      seen: /^revision 3, the newest, was made \d+ s ago$/,
    },
  },
  revision_younger_than: {
    action: 'rollback_release',
    met: { wants: { days: 1 }, make: () => released('young') },
    unmet: { wants: { days: BRIEF.days }, make: () => released('aged'), seen: /^revision 2 was made \d+ s ago$/ },
  },
  no_migration_between: {
    action: 'rollback_release',
    met: { make: () => released('same') },
    unmet: {
      make: () => released('migrated', [{ 'mendloop.dev/migration': '11' }, { 'mendloop.dev/migration': '12' }]),
      seen: /^revision 3 has 12, revision 2 11$/,
    },
  },
  nodes_ready: {
    action: 'cordon',
    met: { make: () => pool('well', { others: 2, areCordoned: false }) },
    unmet: { make: () => pool('sick', { others: 1, areCordoned: true }), seen: /^0 of 2 would be ready without it$/ },
  },
  has_controller: {
    action: 'delete_pod',
    met: { make: async () => podOf(await workload('owner')) },
    unmet: { make: () => soloPod('solo'), seen: /solo would not come back$/ },
  },
  kind_is: {
    action: 'restart',
    met: { wants: { kinds: ['Deployment'] }, make: async () => podOf(await workload('plain')) },
    unmet: {
      wants: { kinds: ['Deployment'] },
      make: async () => podOf(await workload('stateful', { kind: 'StatefulSet' })),
      seen: /^it is StatefulSet .*stateful$/,
    },
  },
  marked: {
    action: 'restart',
    met: {
      wants: { label: 'shop/restartable', value: 'yes' },
      make: () => workload('marked', { annotations: { 'shop/restartable': 'yes' } }),
    },
    unmet: {
      wants: { label: 'shop/restartable', value: 'yes' },
      make: () => workload('otherwise', { annotations: { 'shop/restartable': 'no' } }),
      seen: /^nothing has it$/,
    },
  },
  not_marked: {
    action: 'restart',
    met: { wants: { label: 'shop/ledger' }, make: () => workload('bare') },
    unmet: {
      wants: { label: 'shop/ledger' },
      make: async () => podOf(await workload('ledger', { annotations: { 'shop/ledger': '' } })),
      seen: /^Deployment .*ledger has it$/,
    },
  },
};

/** As `prepare` plans it: what was judged, and whether that is why it is refused. */
async function judge(kind: PreconditionKind, action: ActionName, { wants, named }: { wants: object; named: Named }) {
  const { kubernetes } = cluster;
  const store = new SqlAdmissionStore({ database, limits: OPEN });
  const wanted: Precondition = preconditionSchema.parse({ kind, ...wants });
  const target = { cluster: 'default', namespace: named.kind === 'Node' ? '' : namespace, ...named };
  const parameters = action === 'scale' ? { add: 1, max: 20 } : {};
  try {
    const planned = await planChange(
      {
        ...{ effects: createActionEffects({ kubernetes }), authorize: authorizeWith(kubernetes) },
        changes: (question) => store.changes({ cluster: 'default', ...question }),
      },
      { action, target, parameters, preconditions: [wanted], remediationId: 'asks' },
    );
    return { refused: false, judged: planned.preconditions?.[0] };
  } catch (error) {
    const [judged] = preconditionsOf(error) ?? [];
    // Another refusal would be the action's own, which is asked after it.
    if (judged === undefined) throw error;
    return { refused: true, judged };
  }
}

describe('a precondition, on what really is', () => {
  it.each(PRECONDITION_KINDS)('%s is met, and where it is not its plan is refused', async (kind) => {
    const { action, met, unmet } = ROWS[kind];
    const look = ({ wants = {} }: Case, named: Named) => judge(kind, action, { wants, named });
    const [well, ill] = [await met.make(), await unmet.make()];
    await expect.poll(() => look(unmet, ill).then(({ refused }) => refused), { timeout: PATIENCE_MS }).toBe(true);
    const { judged } = await look(unmet, ill);
    expect(judged).toMatchObject({ kind, met: false, seen: expect.stringMatching(unmet.seen) as string });
    await expect
      .poll(() => look(met, well), { timeout: PATIENCE_MS })
      .toMatchObject({ refused: false, judged: { kind, met: true } });
  });
});
