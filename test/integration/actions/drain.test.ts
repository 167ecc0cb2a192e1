import { describe, expect, it } from 'vitest';
import { createDrainEffects } from '../../../src/activities/actions/drain.ts';
import { createProtection } from '../../../src/activities/authorize.ts';
import type { KubernetesClient } from '../../../src/clients/kubernetes/kubernetes-client.ts';
import type { PlannedChange } from '../../../src/domain/actions/contract.ts';
import { drainAction } from '../../../src/domain/actions/drain/drain.ts';
import type { EffectResult } from '../../../src/domain/actions/effects.ts';
import { holdTerminatingLabel } from '../../../src/local/kubernetes/kwok-stages.ts';
import { anAuthority } from '../../support/authority.ts';
import { type TestCluster, useTestCluster } from '../../support/cluster.ts';
import { createNode, inPool, nodePath, readNode } from '../../support/nodes.ts';
import { createWorkload, podsOf, readyPods } from '../../support/workloads.ts';

const ID = 'remediation/default/NodeSick/00000000000000aa/1';

let cluster: TestCluster;
let namespace: string;
/** The node that is drained, and the one that takes its Pods. */
let sick: string;
let well: string;

useTestCluster('pool', async (here) => {
  ({ cluster, namespace } = here);
  [sick, well] = [`${namespace}-sick`, `${namespace}-well`];
  await createNode(cluster, { name: sick, pool: namespace });
});

function draining(kubernetes: KubernetesClient = cluster.kubernetes) {
  const authority = anAuthority({ ownNamespace: 'mendloop-here' });
  const effects = createDrainEffects({ kubernetes, protection: createProtection({ kubernetes, authority }) });
  return {
    effects,
    async plan(given: object = {}, name = sick): Promise<PlannedChange> {
      const parameters = drainAction.parameters.parse(given);
      const target = { cluster: 'default', namespace: '', kind: 'Node', name };
      return drainAction.plan({ target, parameters, seen: await effects.inspect({ target, parameters }) });
    },
    start: (planned: PlannedChange, remediationId = ID) => effects.start({ remediationId, epoch: 1, planned }),
    observe(
      planned: PlannedChange,
      result: EffectResult,
      {
        seconds = 30,
        signal = new AbortController().signal,
        mayGoOn = () => Promise.resolve(true),
      }: { seconds?: number; signal?: AbortSignal; mayGoOn?: () => Promise<boolean> } = {},
    ) {
      const deadlineAt = Date.now() + seconds * 1000;
      return effects.observe({ remediationId: ID, planned, result, deadlineAt }, signal, mayGoOn);
    },
    undo: (planned: PlannedChange, result?: EffectResult) =>
      effects.undo({ remediationId: ID, planned, ...(result === undefined ? {} : { result }) }),
    release: (planned: PlannedChange) => effects.release({ remediationId: ID, planned }),
  };
}

/** Pods of a Deployment on the node that is to be drained; then the other node is there to take them. */
async function busy(replicas = 2, spec: object = {}): Promise<void> {
  await createWorkload(cluster, {
    ...{ namespace, kind: 'Deployment', name: 'api', replicas, spec: inPool(namespace, spec) },
  });
  await createNode(cluster, { name: well, pool: namespace });
}

const setBudget = (name: string, minAvailable: number) =>
  cluster.human.create(`/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`, {
    metadata: { name },
    spec: { minAvailable, selector: { matchLabels: { app: 'api' } } },
  });

/** Settles when the disruption controller has worked it out. */
async function budgetIs(name: string, allowed: number): Promise<void> {
  const path = `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets/${name}`;
  const read = () => cluster.human.get<{ status?: { disruptionsAllowed?: number; expectedPods?: number } }>(path);
  await expect.poll(async () => (await read()).status).toMatchObject({ disruptionsAllowed: allowed, expectedPods: 2 });
}

const onNode = async (name: string) =>
  (await podsOf(cluster, namespace)).filter(({ spec }) => spec.nodeName === name).map(({ metadata }) => metadata.name);

const isCordoned = async () => (await readNode(cluster, sick)).spec.unschedulable === true;

const uncordonByHand = () => cluster.human.patch(nodePath(sick), { spec: { unschedulable: null } });
const cordonByHand = () => cluster.human.patch(nodePath(sick), { spec: { unschedulable: true } });

const bare = (name: string, spec: object = {}, metadata: object = {}) =>
  cluster.human.create(`/api/v1/namespaces/${namespace}/pods`, {
    metadata: { name, ...metadata },
    spec: inPool(namespace, { nodeName: sick, ...spec }),
  });

describe('draining a node', () => {
  it('moves its Pods elsewhere, and is undone by uncordoning', async () => {
    await busy(3);
    const { plan, start, observe, effects, undo, release } = draining();
    const planned = await plan();
    expect(planned).toMatchObject({
      target: { namespace: '', kind: 'Node', name: sick },
      isDone: false,
      undo: 'exact',
      title: `drain Node ${sick} of 3 Pods`,
      command: `kubectl drain ${sick} --ignore-daemonsets`,
      manualUndo: `kubectl uncordon ${sick}`,
      moves: { name: 'Pods to evict', before: 3, after: 0 },
    });

    const result = await start(planned);
    expect(result).toMatchObject({ changed: true, text: `Cordoned Node ${sick} with 3 Pods to evict` });
    expect((await readNode(cluster, sick)).metadata.annotations).toMatchObject({
      'mendloop.dev/remediation': ID,
      'mendloop.dev/drain': 'draining',
    });
    expect(await observe(planned, result)).toMatchObject({
      text: `Node ${sick} is empty`,
      readings: [{ value: 3 }, { value: 0 }],
    });
    await readyPods(cluster, { namespace, app: 'api', count: 3 });
    expect(await onNode(sick)).toEqual([]);
    expect(await effects.stands?.({ remediationId: ID, planned, result })).toEqual({ status: 'stands' });

    expect(await undo(planned, result)).toEqual({ status: 'restored', text: `Uncordoned Node ${sick}` });
    expect(await isCordoned()).toBe(false);
    expect(await undo(planned, result)).toMatchObject({ status: 'restored' });
    await release(planned);
    await release(planned);
    const marks = Object.keys((await readNode(cluster, sick)).metadata.annotations ?? {});
    expect(marks.filter((key) => key.startsWith('mendloop.dev/'))).toEqual([]);
  });

  it('is shown before, with the Pods and what holds them, by dry runs that change nothing', async () => {
    await busy(2);
    await setBudget('api', 2);
    await budgetIs('api', 0);
    const { plan, effects } = draining();
    const planned = await plan();
    const { diff, moves } = await effects.preview(planned);
    expect(moves).toEqual({ name: 'Pods to evict', before: 2, after: 0 });
    expect(diff).toMatch(/^\+ {2}unschedulable: true$/m);
    expect(diff).toMatch(/^- {2}- "?pool-\d+\/api-.*not yet: The disruption budget api needs 2 healthy pods/m);
    expect(await isCordoned()).toBe(false);
    expect(await onNode(sick)).toHaveLength(2);

    await cluster.human.remove(`/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets/api`);
    expect((await effects.preview(planned)).diff).not.toContain('not yet');
    expect(await onNode(sick)).toHaveLength(2);
  });

  it("leaves a DaemonSet's and mirror Pods where they are, and does not count them", async () => {
    await busy(1);
    await bare('static', {}, { annotations: { 'kubernetes.io/config.mirror': 'x' } });
    await cluster.human.create(`/apis/apps/v1/namespaces/${namespace}/daemonsets`, {
      metadata: { name: 'agent' },
      spec: {
        selector: { matchLabels: { app: 'agent' } },
        template: { metadata: { labels: { app: 'agent' } }, spec: inPool(namespace) },
      },
    });
    const path = `/apis/apps/v1/namespaces/${namespace}/daemonsets/agent`;
    const { metadata } = await cluster.human.get<{ metadata: { uid: string } }>(path);
    const controller = { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'agent', uid: metadata.uid, controller: true };
    await bare('agent-x', {}, { ownerReferences: [controller], labels: { app: 'agent' } });
    const { plan, start, observe } = draining();
    const planned = await plan();
    expect(planned.moves).toMatchObject({ before: 1 });
    await observe(planned, await start(planned));
    expect((await onNode(sick)).toSorted()).toEqual(['agent-x', 'static']);
  });

  it('has nothing to do where the node is cordoned and empty', async () => {
    await createNode(cluster, { name: well, pool: namespace });
    await cordonByHand();
    const { plan, observe, undo } = draining();
    const planned = await plan();
    expect(planned).toMatchObject({
      isDone: true,
      readings: [{ text: 'ready, cordoned' }, { value: 0 }, { value: 1 }],
    });
    expect(planned).not.toHaveProperty('manualUndo');
    expect(await observe(planned, { changed: false, text: '', handle: {} })).toMatchObject({
      text: `Node ${sick} is empty`,
    });
    expect(await undo(planned)).toMatchObject({ status: 'nothing_to_undo' });
  });
});

describe('a disruption budget', () => {
  it('is waited for until it allows the eviction', async () => {
    await busy(2);
    await setBudget('api', 2);
    await budgetIs('api', 0);
    const { plan, start, observe } = draining();
    const planned = await plan();
    const result = await start(planned);
    await expect(observe(planned, result, { seconds: 1 })).rejects.toMatchObject({
      type: 'EffectTimedOut',
      message: expect.stringMatching(
        /Node \S+ still has \S+ \(The disruption budget api needs 2 healthy pods and has 2 currently\), /,
      ) as string,
    });
    expect(await onNode(sick)).toHaveLength(2);

    const waiting = observe(planned, result);
    await cluster.human.patch(`/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets/api`, {
      spec: { minAvailable: 1 },
    });
    expect(await waiting).toMatchObject({ readings: [{ value: 2 }, { value: 0 }] });
    await readyPods(cluster, { namespace, app: 'api', count: 2 });
    expect(await onNode(well)).toHaveLength(2);
  });

  it('that stands beside another one on the same Pod refuses for good', async () => {
    await busy(2);
    await setBudget('one', 1);
    await setBudget('other', 1);
    await Promise.all([budgetIs('one', 1), budgetIs('other', 1)]);
    const { plan, start, observe } = draining();
    const planned = await plan();
    await expect(observe(planned, await start(planned))).rejects.toMatchObject({
      type: 'DisruptionRefused',
      message: expect.stringMatching(/^Pod pool-\d+\/api-\S+: .*more than one PodDisruptionBudget/) as string,
    });
  });
});

describe('what is refused', () => {
  it('are Pods that do not come back, and data that goes with them, unless the plan allows it', async () => {
    await busy(1, { volumes: [{ name: 'scratch', emptyDir: {} }] });
    await bare('alone');
    const { plan, start, observe } = draining();
    await expect(plan()).rejects.toMatchObject({
      type: 'DisruptionUnsafe',
      message: expect.stringMatching(
        /^Pods without a controller: \S+\/alone; Pods with data in an emptyDir: \S+\/api-/,
      ) as string,
    });
    await expect(plan({ force: true })).rejects.toMatchObject({ type: 'DisruptionUnsafe' });
    const planned = await plan({ force: true, deleteEmptyDirData: true });
    expect(planned.command).toBe(`kubectl drain ${sick} --ignore-daemonsets --delete-emptydir-data --force`);
    await observe(planned, await start(planned));
    expect(await onNode(sick)).toEqual([]);
  });

  it('is a node of the control plane, and one whose Pods have nowhere to go', async () => {
    const master = `${namespace}-master`;
    await createNode(cluster, {
      ...{ name: master, pool: namespace, labels: { 'node-role.kubernetes.io/control-plane': '' } },
    });
    const { plan } = draining();
    await expect(plan({}, master)).rejects.toMatchObject({ message: `Node ${master} is of the control plane` });
    await cluster.human.remove(nodePath(master));
    await expect(plan()).rejects.toMatchObject({ message: '0 other nodes are ready, and the plan wants 1' });
    await expect(plan({ minReadyNodes: 0 })).rejects.toMatchObject({ type: 'DisruptionUnsafe' });
    expect(await plan({ minReadyNodes: 0, minReadyShare: 0 })).toMatchObject({ isDone: false });
    await expect(plan({}, 'no-such-node')).rejects.toMatchObject({ type: 'TargetNotFound' });
  });

  it('is looked at once more behind the cordon, which is then taken off again', async () => {
    await busy(1);
    const { plan, start, undo } = draining();
    const planned = await plan();
    await bare('late');
    await expect(start(planned)).rejects.toMatchObject({ type: 'DisruptionUnsafe' });
    expect(await isCordoned()).toBe(false);
    expect(await undo(planned)).toMatchObject({ status: 'restored' });
    expect(await onNode(sick)).toContain('late');
  });

  it('is the second of two drains that would leave no node', async () => {
    await busy(1);
    const { plan, start } = draining();
    const [first, second] = [await plan(), await plan({}, well)];
    await start(first);
    await expect(start(second, 'remediation/default/NodeSick/00000000000000bb/1')).rejects.toMatchObject({
      message: '0 other nodes are ready, and the plan wants 1',
    });
    expect((await readNode(cluster, well)).spec.unschedulable).toBeUndefined();
  });

  it.each([
    ['is marked', { annotations: { 'mendloop.dev/protected': 'true' } }, {}],
    ['is what Mendloop rests on', { labels: { 'app.kubernetes.io/name': 'temporal' } }, {}],
    ['holds the cluster together', {}, { priorityClassName: 'system-cluster-critical' }],
  ])('is a Pod that comes after the plan and %s: it stays, and so does the rest', async (_what, metadata, spec) => {
    await busy(2);
    const { plan, start, observe } = draining();
    const planned = await plan({ force: true });
    const comes = (name: string) => bare(name, spec, metadata);
    await comes('before');
    await expect(start(planned)).rejects.toMatchObject({ type: 'TargetProtected' });
    expect((await readNode(cluster, sick)).spec.unschedulable).not.toBe(true);
    await cluster.human.remove(`/api/v1/namespaces/${namespace}/pods/before`);
    const result = await start(planned);
    await comes('after');
    await expect(observe(planned, result)).rejects.toMatchObject({
      type: 'TargetProtected',
      message: expect.stringContaining('after') as string,
    });
    expect(await onNode(sick)).toContain('after');
  });

  it('is a Pod that comes while it is drained, if the plan does not allow it', async () => {
    await busy(2);
    await setBudget('api', 2);
    await budgetIs('api', 0);
    const { plan, start, observe } = draining();
    const planned = await plan();
    const waiting = observe(planned, await start(planned));
    await Promise.all([expect(waiting).rejects.toMatchObject({ type: 'DisruptionUnsafe' }), bare('late')]);
  });
});

describe('a crash', () => {
  it('in the middle of evicting goes on where it was', async () => {
    await busy(2);
    await setBudget('api', 1);
    await budgetIs('api', 1);
    const { plan, start, observe } = draining();
    const planned = await plan();
    const result = await start(planned);
    const crash = new AbortController();
    const once: KubernetesClient = {
      ...cluster.kubernetes,
      create: async (path, body, query) => {
        await cluster.kubernetes.create(path, body, query);
        crash.abort(new Error('crashed'));
      },
    };
    await expect(draining(once).observe(planned, result, { signal: crash.signal })).rejects.toThrow('crashed');
    const pods = await readyPods(cluster, { namespace, app: 'api', count: 2 });
    expect(pods.filter(({ spec }) => spec.nodeName === sick)).toHaveLength(1);
    await observe(planned, result);
    const moved = pods.find(({ spec }) => spec.nodeName === well);
    expect(
      (await readyPods(cluster, { namespace, app: 'api', count: 2 })).map(({ metadata }) => metadata.uid),
    ).toContain(moved?.metadata.uid);
    expect(await onNode(sick)).toEqual([]);
  });
});

describe('another hand', () => {
  it('that had cordoned the node keeps its cordon', async () => {
    await busy(1);
    await cordonByHand();
    const { plan, start, observe, undo } = draining();
    const planned = await plan();
    const result = await start(planned);
    expect(result).toMatchObject({ changed: true, text: `Found Node ${sick} cordoned with 1 Pod to evict` });
    await observe(planned, result);
    const left = { status: 'nothing_to_undo', text: `Node ${sick} stays cordoned by kubectl, as it was before` };
    expect(await undo(planned, result)).toEqual(left);
    expect(await undo(planned)).toEqual(left);
    expect(await isCordoned()).toBe(true);
  });

  it('that uncordons the node ends the evictions, and nothing is cordoned again', async () => {
    await busy(2);
    await setBudget('api', 2);
    await budgetIs('api', 0);
    const { plan, start, observe, undo, effects } = draining();
    const planned = await plan();
    const result = await start(planned);
    const waiting = observe(planned, result);
    await Promise.all([
      expect(waiting).rejects.toMatchObject({
        type: 'TargetChanged',
        message: `Node ${sick} was uncordoned while it was drained`,
      }),
      uncordonByHand(),
    ]);
    await expect(start(planned)).rejects.toMatchObject({ type: 'TargetChanged' });
    expect(await isCordoned()).toBe(false);
    expect(await effects.stands?.({ remediationId: ID, planned, result })).toMatchObject({
      status: 'moved',
      found: 'schedulable',
    });
    expect(await undo(planned, result)).toEqual({
      status: 'nothing_to_undo',
      text: `Node ${sick} was uncordoned by another hand`,
    });
  });
});

describe('being told to stop', () => {
  it('ends the evictions, wherever they are done, and leaves the cordon to the undo', async () => {
    await busy(2);
    await setBudget('api', 2);
    await budgetIs('api', 0);
    const { plan, start, observe, effects, undo } = draining();
    const planned = await plan();
    const result = await start(planned);
    const waiting = observe(planned, result);
    await Promise.all([
      expect(waiting).rejects.toMatchObject({ type: 'TargetChanged' }),
      effects.stop?.({ remediationId: ID, planned, result }),
    ]);
    expect(await isCordoned()).toBe(true);
    expect(await undo(planned, result)).toMatchObject({ status: 'restored' });
  });
});

describe('a Pod that does not end', () => {
  it('is waited for, unless the plan gives it up', async () => {
    await busy(1);
    const [name] = await onNode(sick);
    await cluster.human.patch(`/api/v1/namespaces/${namespace}/pods/${name!}`, {
      metadata: { labels: { [holdTerminatingLabel]: '' } },
    });
    const { plan, start, observe } = draining();
    const planned = await plan({ skipWaitForDeleteSeconds: 1 });
    const result = await start(planned);
    await expect(observe(await plan(), result, { seconds: 1 })).rejects.toMatchObject({
      type: 'EffectTimedOut',
      message: expect.stringContaining('to be gone by') as string,
    });
    expect(await observe(planned, result)).toMatchObject({
      text: `Node ${sick} is empty, but for those that do not end: ${namespace}/${name!}`,
      readings: [{ value: 1 }, { value: 1 }],
    });
  });
});
