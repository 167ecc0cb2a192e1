import { describe, expect, it } from 'vitest';
import { momentsOf, replicasOf, type Sightings } from '../../../examples/flash-sale/scenario/moments.ts';
import { aDecision } from '../../support/plans.ts';
import type { RemediationResult, TimelineEntry } from '../../../src/domain/remediation/remediation.ts';

/** Seconds since the surge as milliseconds since the epoch. */
const at = (seconds: number) => Date.UTC(2026, 0, 1) + seconds * 1000;

function sightingsOf(
  timeline: readonly (readonly [number, TimelineEntry['step']])[],
  replicas: Sightings['replicas'],
  more: Partial<Sightings> = {},
): Sightings {
  const result: RemediationResult = {
    step: 'ended',
    outcome: 'remediated',
    summary: '',
    alertResolved: true,
    notified: [],
    decision: aDecision(),
    timeline: timeline.map(([seconds, step]) => ({ at: new Date(at(seconds)).toISOString(), step, text: '' })),
  };
  return {
    surge: at(0),
    surgeOver: undefined,
    workerKilled: undefined,
    workerBack: undefined,
    pending: [{ at: at(1.5), value: 1 }],
    firing: [
      { at: at(-20), value: 1 },
      { at: at(4), value: 1 },
      { at: at(5), value: 1 },
    ],
    replicas,
    pages: [],
    remediation: {
      workflowId: 'w',
      startedAt: at(4.1),
      resolvedAt: at(11),
      closedAt: at(15),
      historyEvents: 40,
      result,
    },
    ...more,
  };
}

const start = { at: at(-30), wanted: 2, ready: 2 };

describe('momentsOf', () => {
  it('tells a cure', () => {
    const replicas = [start, { at: at(4.3), wanted: 5, ready: 2 }, { at: at(4.5), wanted: 5, ready: 5 }];
    const sightings = sightingsOf(
      [
        [4.2, 'preparing'],
        [4.3, 'verifying'],
        [14, 'watching'],
      ],
      replicas,
    );
    expect(momentsOf(sightings)).toMatchObject({
      pending: at(1.5),
      detected: at(4),
      webhook: at(4.1),
      decided: at(4.2),
      scaled: at(4.3),
      ready: at(4.5),
      verified: at(14),
      rolledBack: undefined,
      resolved: at(11),
      closed: at(15),
    });
    expect(replicasOf(sightings)).toEqual({ before: 2, peak: 5, after: 5 });
  });

  it('tells a rollback', () => {
    const replicas = [
      start,
      { at: at(4.3), wanted: 5, ready: 2 },
      { at: at(4.5), wanted: 5, ready: 5 },
      { at: at(20), wanted: 2, ready: 5 },
      { at: at(20.1), wanted: 2, ready: 2 },
    ];
    const sightings = sightingsOf(
      [
        [4.2, 'preparing'],
        [20, 'compensating'],
      ],
      replicas,
    );
    expect(momentsOf(sightings)).toMatchObject({ ready: at(4.5), verified: undefined, rolledBack: at(20) });
    expect(replicasOf(sightings)).toEqual({ before: 2, peak: 5, after: 2 });
  });

  it('tells a decision that came before the workflow by the start, and none where policy had no answer', () => {
    const sightings = sightingsOf([[4.3, 'acting']], [start]);
    expect(momentsOf(sightings).decided).toBe(at(4.1));
    const { decision: _, ...undecided } = sightings.remediation.result;
    const remediation = { ...sightings.remediation, result: undecided };
    expect(momentsOf({ ...sightings, remediation }).decided).toBeUndefined();
  });

  it('tells that nothing was changed', () => {
    const sightings = sightingsOf([[4.2, 'preparing']], [start]);
    expect(momentsOf(sightings)).toMatchObject({ scaled: undefined, ready: undefined, rolledBack: undefined });
    expect(replicasOf(sightings)).toEqual({ before: 2, peak: 2, after: 2 });
  });
});
