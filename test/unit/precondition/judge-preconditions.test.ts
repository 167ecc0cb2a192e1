import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { ACTIONS } from '../../../src/domain/actions/index.ts';
import type { SeenObject } from '../../../src/domain/authority/seen-object.ts';
import type { MendloopError } from '../../../src/domain/failures.ts';
import type { Facts, FactParts, ReleaseFacts, Seen } from '../../../src/domain/precondition/facts.ts';
import { judgePreconditions, requirePreconditions } from '../../../src/domain/precondition/judge-preconditions.ts';
import {
  type Precondition,
  PRECONDITION_KINDS,
  preconditionSchema,
} from '../../../src/domain/precondition/precondition.ts';
import { preconditionsOf } from '../../../src/domain/precondition/preconditions-of.ts';
import { canSee, factOf, rememberedAs, summaryOf } from '../../../src/domain/precondition/rules.ts';
import { aPlan } from '../../support/plans.ts';

const target = { cluster: 'default', namespace: 'till', kind: 'Deployment', name: 'ledger' };
const pod = { ...target, kind: 'Pod', name: 'ledger-0' };
const [HOUR, DAY] = [3_600_000, 86_400_000];
const now = Date.parse('2026-11-30T08:00:00Z');

const pods = (more: Partial<FactParts['pods']> = {}): FactParts['pods'] => ({
  ...{ workload: target, wanted: 3, left: 2, losesReady: true },
  ...more,
});
const release = (number: number, age: number, marks: ReleaseFacts['marks'] = {}): ReleaseFacts => ({
  ...{ number, createdAt: now - age, marks },
});
const object = (texts: Partial<SeenObject> = {}): SeenObject => ({
  ...{ part: 'moved', kind: 'Deployment', namespace: 'till', name: 'ledger' },
  ...{ labels: {}, annotations: {}, podLabels: {}, priorityClass: '', managers: [] },
  ...texts,
});

/** What one precondition comes to. `wanted` is as a policy writes it. */
function judge(wanted: z.input<typeof preconditionSchema>, seen: Partial<Seen> & { facts?: Facts } = {}) {
  const [judged] = judgePreconditions([preconditionSchema.parse(wanted)], {
    action: 'restart',
    seen: { objects: [], now, facts: { target }, ...seen },
  });
  return judged;
}

const facts = (parts: Partial<FactParts>) => ({ facts: { target, ...parts } });
const before = (...ages: number[]) => ({
  history: ages.map((age, at) => ({ remediationId: `remediation/${at}`, action: 'restart', at: now - age })),
});

describe('a precondition, by its kind', () => {
  it.each([
    // No second one of late.
    [{ kind: 'not_repeated' }, before(), true, 'not done in that time'],
    [{ kind: 'not_repeated' }, before(2 * HOUR), false, 'done 2 h ago by remediation/0'],
    [{ kind: 'not_repeated', withinSeconds: 3600 }, before(2 * HOUR), true, 'not done in that time'],
    [{ kind: 'not_repeated', times: 2 }, before(HOUR), true, 'done 1 time, last 1 h ago by remediation/0'],
    [{ kind: 'not_repeated', times: 2 }, before(HOUR, 3 * HOUR), false, 'done 2 times, last 1 h ago by remediation/0'],
    // Ready Pods.
    [{ kind: 'ready_left' }, facts({ pods: pods() }), true, '2 of Deployment till/ledger would be left'],
    [{ kind: 'ready_left' }, facts({ pods: pods({ left: 0 }) }), false, '0 of Deployment till/ledger would be left'],
    [{ kind: 'ready_left', min: 3 }, facts({ pods: pods() }), false, '2 of Deployment till/ledger would be left'],
    [
      { kind: 'ready_left' },
      facts({ pods: pods({ left: 0, losesReady: false }) }),
      true,
      'no ready Pod of Deployment till/ledger would go',
    ],
    [{ kind: 'replicas_at_least', min: 3 }, facts({ pods: pods() }), true, 'Deployment till/ledger is to have 3'],
    [{ kind: 'replicas_at_least', min: 4 }, facts({ pods: pods() }), false, 'Deployment till/ledger is to have 3'],
    // Rollouts and quotas.
    [{ kind: 'at_rest' }, facts({ rollout: {} }), true, 'it is at rest'],
    [{ kind: 'at_rest' }, facts({ rollout: { underWay: '1 of 3 new' } }), false, '1 of 3 new'],
    [{ kind: 'quota_has_room' }, facts({ quota: {} }), true, 'its controller complains of none'],
    [{ kind: 'quota_has_room' }, facts({ quota: { complaint: 'exceeded quota: q' } }), false, 'exceeded quota: q'],
    // Releases.
    [
      { kind: 'released_within', hours: 24 },
      facts({ release: { from: release(7, 3 * HOUR) } }),
      true,
      'revision 7, the newest, was made 3 h ago',
    ],
    [
      { kind: 'released_within', hours: 24 },
      facts({ release: { from: release(7, 90 * DAY) } }),
      false,
      'revision 7, the newest, was made 90 days ago',
    ],
    [{ kind: 'released_within', hours: 24 }, facts({ release: {} }), false, 'no revision of it is its newest template'],
    [
      { kind: 'revision_younger_than', days: 30 },
      facts({ release: { from: release(7, HOUR), to: release(6, 29 * DAY) } }),
      true,
      'revision 6 was made 29 days ago',
    ],
    [
      { kind: 'revision_younger_than', days: 30 },
      facts({ release: { to: release(6, 30 * DAY) } }),
      false,
      'revision 6 was made 30 days ago',
    ],
    [
      { kind: 'revision_younger_than', days: 30 },
      facts({ release: { from: release(1, HOUR) } }),
      false,
      'there is no revision before it',
    ],
    [
      { kind: 'no_migration_between' },
      facts({ release: { from: release(7, 1), to: release(6, 2) } }),
      true,
      'revision 7 has none, revision 6 none',
    ],
    [
      { kind: 'no_migration_between', label: 'schema' },
      facts({ release: { from: release(7, 1, { schema: '12' }), to: release(6, 2, { schema: '11' }) } }),
      false,
      'revision 7 has 12, revision 6 11',
    ],
    [
      { kind: 'no_migration_between', label: 'constructor' },
      facts({ release: { from: release(7, 1), to: release(6, 2, { constructor: 'x' }) } }),
      false,
      'revision 7 has none, revision 6 x',
    ],
    // Nodes.
    [
      { kind: 'nodes_ready', minShare: 0.6 },
      facts({ nodes: { size: 5, ready: 3 } }),
      true,
      '3 of 5 would be ready without it',
    ],
    [
      { kind: 'nodes_ready', minShare: 0.7 },
      facts({ nodes: { size: 5, ready: 3 } }),
      false,
      '3 of 5 would be ready without it',
    ],
    [
      { kind: 'nodes_ready', min: 4, minShare: 0 },
      facts({ nodes: { size: 5, ready: 3 } }),
      false,
      '3 of 5 would be ready without it',
    ],
    // Pods that would not come back.
    [{ kind: 'has_controller' }, facts({ orphans: [] }), true, 'each has one'],
    [{ kind: 'has_controller' }, facts({ orphans: ['till/tmp'] }), false, 'till/tmp would not come back'],
    // Kinds: of a Pod, its workload's.
    [{ kind: 'kind_is', kinds: ['Deployment'] }, {}, true, 'it is Deployment till/ledger'],
    [
      { kind: 'kind_is', kinds: ['Deployment'] },
      { facts: { target: pod, pods: pods({ workload: { ...target, kind: 'StatefulSet' } }) } },
      false,
      'it is StatefulSet till/ledger',
    ],
    // Marks.
    [
      { kind: 'marked', label: 'a' },
      { objects: [object({ annotations: { a: '' } })] },
      true,
      'Deployment till/ledger has it',
    ],
    [{ kind: 'marked', label: 'a' }, { objects: [object()] }, false, 'nothing has it'],
    [
      { kind: 'not_marked', label: 'tier', value: 'db' },
      { objects: [object({ podLabels: { tier: 'db' } })] },
      false,
      'Deployment till/ledger has it',
    ],
    [
      { kind: 'not_marked', label: 'tier', value: 'db' },
      { objects: [object({ labels: { tier: 'web' } })] },
      true,
      'nothing has it',
    ],
  ] as const)('%j: %#', (wanted, seen, met, text) => {
    expect(judge(wanted as Parameters<typeof judge>[0], seen as Parameters<typeof judge>[1])).toMatchObject({
      met,
      seen: text,
    });
  });

  it.each(PRECONDITION_KINDS.filter((kind) => factOf(kind) !== undefined || kind === 'not_repeated'))(
    '%s is not met where nothing of it was seen',
    (kind) => {
      const more = { released_within: { hours: 1 }, revision_younger_than: { days: 1 }, replicas_at_least: { min: 1 } };
      const wanted = { kind, ...(more as Readonly<Partial<Record<string, object>>>)[kind] } as Precondition;
      expect(judge(wanted)).toMatchObject({ met: false, seen: 'it was not seen' });
    },
  );

  it('says for people what it wants', () => {
    const texts = [
      { kind: 'not_repeated' },
      { kind: 'not_repeated', times: 3, withinSeconds: 7 * 86_400 },
      { kind: 'ready_left', min: 2 },
      { kind: 'released_within', hours: 72 },
      { kind: 'nodes_ready' },
    ] as const;
    expect(texts.map((one) => judge(one)?.text)).toEqual([
      'no second restart of it within 24 h',
      'at most 3 times restart of it within 7 days',
      '2 ready Pods left at any time',
      'released within the last 3 days',
      '1 other ready node or more, and 50 % of all',
    ]);
    expect(PRECONDITION_KINDS.map(summaryOf)).not.toContain('');
  });
});

describe('what is required', () => {
  const seen = { facts: { target, rollout: { underWay: '1 of 3 new' }, quota: {} }, objects: [], now };
  const judged = judgePreconditions([{ kind: 'quota_has_room' }, { kind: 'at_rest' }], { action: 'restart', seen });

  it('fails by name, with what was seen, and tells all that was judged', () => {
    const thrown = (): unknown => {
      try {
        requirePreconditions(judged, seen);
        return undefined;
      } catch (error) {
        return error;
      }
    };
    const error = thrown() as MendloopError;
    expect(error).toMatchObject({
      type: 'PreconditionNotMet',
      message: 'Deployment till/ledger: at_rest wants no rollout under way, and 1 of 3 new',
    });
    expect(preconditionsOf(error)?.map(({ kind, met }) => [kind, met])).toEqual([
      ['quota_has_room', true],
      ['at_rest', false],
    ]);
    expect(preconditionsOf({ type: 'NoRoom', details: [judged] })).toBeUndefined();
  });

  it('passes where all is met', () => {
    expect(() => {
      requirePreconditions(
        judged.filter(({ met }) => met),
        seen,
      );
    }).not.toThrow();
  });

  it('is remembered of the object and of the workload behind a Pod', () => {
    expect(rememberedAs({ target: pod, pods: pods() })).toEqual([
      'default/till/Pod/ledger-0',
      'default/till/Deployment/ledger',
    ]);
    expect(rememberedAs({ target, pods: pods() })).toEqual(['default/till/Deployment/ledger']);
  });
});

describe('a plan', () => {
  const plan =
    (action: string, preconditions: unknown, parameters: object = {}) =>
    () =>
      aPlan({
        action,
        parameters,
        preconditions,
        target: { namespace: 'till', kind: 'Pod', name: 'ledger-0' },
      });

  it('may want what its action sees, and nothing else', () => {
    expect(plan('restart', [{ kind: 'at_rest' }])().preconditions).toEqual([{ kind: 'at_rest' }]);
    expect(plan('delete_pod', [{ kind: 'released_within', hours: 1 }])).toThrow(
      'delete_pod does not see what it is judged by',
    );
    expect(plan('restart', [{ kind: 'at_ease' }])).toThrow();
  });

  it.each(Object.values(ACTIONS))('$name sees what its facts have', (action) => {
    const kinds = PRECONDITION_KINDS.filter((kind) => canSee(action, kind));
    expect(kinds).toEqual(expect.arrayContaining(['not_repeated', 'kind_is', 'marked', 'not_marked']));
    expect(action.facts === undefined).toBe((action.sees ?? []).length === 0);
  });
});
