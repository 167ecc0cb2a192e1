import { describe, expect, it } from 'vitest';
import { templateFacts, type TemplateObject } from '../../../src/domain/actions/template-facts.ts';
import { judgeTemplateRollout } from '../../../src/domain/actions/template-rollout.ts';

/** A workload at rest, all of whose Pods are ready. */
function aWorkload(
  pods: number,
  spec: TemplateObject['spec'] = {},
  status: TemplateObject['status'] = {},
): TemplateObject {
  const all = { replicas: pods, readyReplicas: pods, updatedReplicas: pods, availableReplicas: pods };
  return {
    metadata: { uid: 'u', generation: 3 },
    spec: { replicas: pods, ...spec },
    status: { observedGeneration: 3, ...all, ...status },
  };
}

const rolling = (rollingUpdate: object) => ({ strategy: { type: 'RollingUpdate', rollingUpdate } });

describe('how many ready Pods a rollout leaves', () => {
  it.each<[string, number, TemplateObject]>([
    ['a single one, which a new one joins first', 1, aWorkload(1)],
    ['three of four: a quarter, rounded down, may go', 3, aWorkload(4)],
    ['all three: a quarter of them is none', 3, aWorkload(3)],
    ['none where all go first', 0, aWorkload(3, { strategy: { type: 'Recreate' } })],
    ['as many as its number says', 1, aWorkload(3, rolling({ maxUnavailable: 2, maxSurge: 0 }))],
    [
      'one less where neither going first nor coming first is allowed',
      2,
      aWorkload(3, rolling({ maxUnavailable: 0, maxSurge: 0 })),
    ],
    ['only what is ready', 1, aWorkload(3, {}, { readyReplicas: 1 })],
  ])('%s', (_, leaves, workload) => {
    expect(templateFacts('Deployment', workload)).toMatchObject({ leaves });
  });

  it('is one less of a StatefulSet, or as its own number says', () => {
    expect(templateFacts('StatefulSet', aWorkload(3))).toMatchObject({ leaves: 2 });
    expect(templateFacts('StatefulSet', aWorkload(1))).toMatchObject({ leaves: 0 });
    const two = { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 2 } } };
    expect(templateFacts('StatefulSet', aWorkload(3, two))).toMatchObject({ leaves: 1 });
  });

  it("follows a DaemonSet's nodes, and leaves all where new ones come first", () => {
    const status = { desiredNumberScheduled: 10, numberReady: 10, numberAvailable: 10, updatedNumberScheduled: 10 };
    const share = { updateStrategy: { rollingUpdate: { maxUnavailable: '25%' } } };
    expect(templateFacts('DaemonSet', aWorkload(0, {}, status))).toMatchObject({ wanted: 10, leaves: 9 });
    expect(templateFacts('DaemonSet', aWorkload(0, share, status))).toMatchObject({ leaves: 7 });
    const surge = { updateStrategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } } };
    expect(templateFacts('DaemonSet', aWorkload(0, surge, status))).toMatchObject({ leaves: 10 });
  });
});

describe('what holds a new template back', () => {
  it('is a pause, a partition, or deletion by hand', () => {
    expect(templateFacts('Deployment', aWorkload(2, { paused: true })).heldBack).toBe('it is paused');
    const partition = { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } } };
    expect(templateFacts('StatefulSet', aWorkload(2, partition)).heldBack).toContain('below 1');
    for (const kind of ['StatefulSet', 'DaemonSet']) {
      const facts = templateFacts(kind, aWorkload(2, { updateStrategy: { type: 'OnDelete' } }));
      expect(facts.heldBack).toContain('deleted');
    }
    expect(templateFacts('Deployment', aWorkload(2))).not.toHaveProperty('heldBack');
  });
});

describe('a rollout', () => {
  it.each<[string, TemplateObject['status']]>([
    ['its controller has not seen', { observedGeneration: 2 }],
    ['has old Pods left', { replicas: 3 }],
    ['has too few new ones', { updatedReplicas: 1 }],
  ])('is under way where it %s', (_, status) => {
    const workload = aWorkload(2, {}, status);
    expect(templateFacts('Deployment', workload)).toHaveProperty('underWay');
    expect(judgeTemplateRollout('Deployment', workload, { complaints: [] })).toMatchObject({ status: 'progressing' });
  });

  it('is over where new Pods crash: they are all of the newest template, and not available', () => {
    const workload = aWorkload(2, {}, { readyReplicas: 0, availableReplicas: 0 });
    expect(templateFacts('Deployment', workload)).not.toHaveProperty('underWay');
    expect(judgeTemplateRollout('Deployment', workload, { complaints: [] })).toEqual({
      ...{ status: 'progressing', detail: '0 of 2 Pods are available' },
    });
  });

  it('of a StatefulSet of one revision has all Pods of the newest, whatever the counter says', () => {
    const one = { currentRevision: 'db-1', updateRevision: 'db-1', updatedReplicas: 0 };
    expect(templateFacts('StatefulSet', aWorkload(2, {}, one))).not.toHaveProperty('underWay');
    const two = { currentRevision: 'db-1', updateRevision: 'db-2', updatedReplicas: 1 };
    expect(templateFacts('StatefulSet', aWorkload(2, {}, two))).toHaveProperty('underWay');
  });

  it('serves where its Pods are ready and not called available yet', () => {
    const workload = aWorkload(2, {}, { availableReplicas: 0 });
    expect(judgeTemplateRollout('Deployment', workload, { complaints: [] })).toMatchObject({ serving: 2 });
    expect(judgeTemplateRollout('Deployment', aWorkload(2), { complaints: [] })).toEqual({
      status: 'complete',
      ready: 2,
    });
  });

  it('has failed by a complaint that is newer than the act', () => {
    const condition = (lastUpdateTime: string) => ({
      ...{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', lastUpdateTime },
    });
    const late = aWorkload(2, {}, { updatedReplicas: 1, conditions: [condition('2026-11-29T08:00:05Z')] });
    const at = Date.parse('2026-11-29T08:00:00Z');
    expect(judgeTemplateRollout('Deployment', late, { at, complaints: [] })).toMatchObject({ status: 'failed' });
    const later = at + 60_000;
    expect(judgeTemplateRollout('Deployment', late, { at: later, complaints: [] })).toMatchObject({
      status: 'progressing',
    });
  });
});
