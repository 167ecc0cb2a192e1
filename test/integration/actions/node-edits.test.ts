import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { nodePath } from '../../../src/clients/kubernetes/node.ts';
import type { ActionName } from '../../../src/domain/actions/index.ts';
import type { JsonObject } from '../../../src/domain/audit/canonical-json.ts';
import { startTestCluster, type TestCluster } from '../../support/cluster.ts';
import { actionRun, ID } from '../../support/action-run.ts';
import { createNode, readNode } from '../../support/nodes.ts';

const OTHER = 'remediation/default/Sick/00000000000000bb/1';

let cluster: TestCluster;
let pool: string;
let serial = 0;

beforeAll(async () => {
  cluster = await startTestCluster();
});
afterAll(async () => {
  await (cluster as TestCluster | undefined)?.stop();
});

/** Four nodes, so that two of them may be taken out of use. */
beforeEach(async () => {
  serial += 1;
  pool = `pool-${serial}`;
  await Promise.all([1, 2, 3, 4].map((n) => createNode(cluster, { name: `${pool}-${n}`, pool })));
});

const node = (n = 1) => ({ namespace: '', kind: 'Node', name: `${pool}-${n}` });
const drive = (action: ActionName, n = 1, parameters: JsonObject = {}, remediationId = ID) =>
  actionRun(action, { target: node(n), parameters }, cluster.kubernetes, remediationId);
const read = (n = 1) => readNode(cluster, `${pool}-${n}`);
const taintsOf = async (n = 1) => (await read(n)).spec.taints?.map(({ key }) => key);
const patch = (n: number, body: object) => cluster.human.patch(nodePath({ name: `${pool}-${n}` }), body);

const sick = { key: 'sick', value: 'disk', effect: 'NoSchedule' };
const pooled = () => ({ key: 'pool', value: pool, effect: 'NoSchedule' });

describe('taking nodes out of use', () => {
  it.each<ActionName>(['cordon', 'taint'])('by %s is refused once half of them would be left', async (action) => {
    for (const n of [1, 2]) await drive(action, n).start(await drive(action, n).plan());
    await expect(drive(action, 3).plan()).rejects.toMatchObject({ type: 'DisruptionUnsafe' });
    expect(await drive(action, 3, { minReadyShare: 0.25 }).plan()).toMatchObject({ isDone: false });
  });

  it.each<ActionName>(['cordon', 'taint'])('by %s of two at once does not pass the share together', async (action) => {
    const terms = { minReadyShare: 0.75 };
    const [one, two] = [drive(action, 1, terms), drive(action, 2, terms, OTHER)];
    const [first, second] = await Promise.all([one.plan(), two.plan()]);
    const ends = await Promise.allSettled([one.start(first), two.start(second)]);
    expect(ends.filter(({ status }) => status === 'fulfilled').length).toBeLessThan(2);
    const after = await Promise.all([1, 2, 3, 4].map(read));
    const out = after.filter(({ spec }) => spec.unschedulable === true || (spec.taints?.length ?? 0) > 1);
    expect(out.length).toBeLessThan(2);
  });

  it('leaves the taints of other hands, and of Kubernetes, as they are', async () => {
    const { plan, start, undo } = drive('taint');
    const planned = await plan();
    const result = await start(planned);
    await patch(1, { spec: { taints: [pooled(), { key: 'mendloop.dev/unhealthy', effect: 'NoSchedule' }, sick] } });
    expect(await undo(planned, result)).toMatchObject({ status: 'restored' });
    expect(await taintsOf()).toEqual(['pool', 'sick']);
  });

  it('does not take a taint for its own that is another one under the same key', async () => {
    await patch(1, { spec: { taints: [pooled(), sick] } });
    await expect(drive('taint', 1, { key: 'sick', value: 'net' }).plan()).rejects.toMatchObject({
      type: 'TargetChanged',
    });
    await expect(drive('untaint', 1, { key: 'sick', value: 'net' }).plan()).rejects.toMatchObject({
      type: 'NotIndicated',
    });
  });
});

describe('giving nodes back', () => {
  it('uncordons what a remediation has cordoned, and asks before a cordon of another hand', async () => {
    await patch(2, { spec: { unschedulable: true } });
    await expect(drive('uncordon', 2).plan()).rejects.toMatchObject({ type: 'DisruptionUnsafe' });
    const cordoning = drive('cordon', 1, {}, OTHER);
    await cordoning.start(await cordoning.plan());
    const { plan, start } = drive('uncordon');
    expect(await start(await plan())).toMatchObject({ changed: true });
    expect((await read()).spec.unschedulable).toBeUndefined();
  });

  it('is refused for a node that has not said for long that it is ready', async () => {
    const name = `${pool}-old`;
    await cluster.human.create('/api/v1/nodes', {
      metadata: { name },
      spec: { unschedulable: true, taints: [pooled(), sick] },
      status: {
        conditions: [
          { type: 'Ready', status: 'True', lastHeartbeatTime: '2026-01-01T00:00:00Z', reason: 'KubeletReady' },
        ],
      },
    });
    const target = { namespace: '', kind: 'Node', name };
    const plan = (action: ActionName, parameters: JsonObject) =>
      actionRun(action, { target, parameters }, cluster.kubernetes).plan();
    await expect(plan('untaint', { key: 'sick' })).rejects.toMatchObject({ type: 'NotIndicated' });
    await expect(plan('uncordon', { allowOthers: true })).rejects.toMatchObject({ type: 'NotIndicated' });
  });
});
