import { describe, expect, it } from 'vitest';
import { judge, type Judgement, MAX_AHEAD_MS, SETTLING_MS, type Told } from '../../../src/domain/incident/judge.ts';
import type { Incident, IncidentEnd } from '../../../src/domain/incident/incident.ts';
import { Wants } from '../../../src/domain/incident/wants.ts';
import { Outcome } from '../../../src/domain/remediation/outcome.ts';

const identity = { cluster: 'default', alertName: 'Slow', fingerprint: '0123456789abcdef' };
const T = Date.parse('2026-11-29T10:00:00Z');
const MINUTE = 60_000;

const firing = (startsAt: number, wants: Wants = Wants.More): Told => ({ status: 'firing', startsAt, wants });
const resolved = (endsAt: number): Told => ({ status: 'resolved', endsAt });
const tell = (incident: Incident | undefined, told: Told, now = T + MINUTE) => judge({ identity, incident, told, now });

/** What the store keeps after a judgement that is expected. */
function kept(judgement: Judgement, verdict: Judgement['verdict']): Incident {
  expect(judgement.verdict).toBe(verdict);
  if (judgement.verdict === 'ignore') throw new Error('nothing is kept');
  return judgement.incident;
}

const opened = (startsAt = T) => ({ ...kept(tell(undefined, firing(startsAt)), 'open'), started: true });
const ended = (end: Omit<IncidentEnd, 'at'> & { at?: number }) => ({
  ...opened(),
  ended: { at: T + 5 * MINUTE, ...end },
});
const over = (incident: Incident, endsAt: number) => kept(tell(incident, resolved(endsAt)), 'resolve');

describe('an alert that fires', () => {
  it('opens its first incident', () => {
    expect(opened()).toMatchObject({
      n: 1,
      remediationId: 'remediation/default/Slow/0123456789abcdef/1',
      lastStart: T,
    });
  });

  it.each([T - MINUTE, T, T + MINUTE, T - 1e12])(
    'belongs to the open incident, whatever its start (%i)',
    (startsAt) => {
      expect(kept(tell(opened(), firing(startsAt)), 'duplicate')).toMatchObject({ n: 1 });
    },
  );

  it('has its start tried again while that is not known to have happened', () => {
    expect(kept(tell({ ...opened(), started: false }, firing(T)), 'start')).toMatchObject({ n: 1 });
  });

  it('opens the next incident once the end of the last was heard, under a later start', () => {
    const next = kept(tell(over(opened(), T + 2 * MINUTE), firing(T + 3 * MINUTE)), 'open');
    expect(next).toMatchObject({ n: 2, lastStart: T + 3 * MINUTE, started: false, endTold: false });
    expect(next.endHeardAt).toBeUndefined();
  });

  it('opens the next incident also under the same start: it came back under the identity of one that had ended', () => {
    const healthy = {
      ...over(opened(), T + 2 * MINUTE),
      ended: { outcome: Outcome.AlreadyHealthy, at: T + 2 * MINUTE },
    };
    expect(kept(tell(healthy, firing(T)), 'open')).toMatchObject({ n: 2 });
  });

  it('opens the next incident while the remediation of the last, whose end was heard, still runs', () => {
    expect(kept(tell(over(opened(), T + 2 * MINUTE), firing(T)), 'open')).toMatchObject({ n: 2 });
  });

  it.each(Object.values(Outcome))('opens the next incident for a later start after %s', (outcome) => {
    expect(kept(tell(ended({ outcome }), firing(T + 6 * MINUTE), T + 7 * MINUTE), 'open')).toMatchObject({ n: 2 });
  });

  it.each([Outcome.Suppressed, Outcome.Denied, Outcome.Expired, Outcome.Escalated, Outcome.Joined, Outcome.Remediated])(
    'repeats one that ended as %s until its reason has passed',
    (outcome) => {
      const end = ended({ outcome, enterAgainAt: T + 30 * MINUTE });
      expect(kept(tell(end, firing(T), T + 29 * MINUTE), 'repeat')).toBe(end);
      expect(kept(tell(end, firing(T), T + 30 * MINUTE), 'open')).toMatchObject({ n: 2 });
    },
  );

  it.each([Outcome.Denied, Outcome.Expired, Outcome.Escalated, Outcome.RolledBack, Outcome.Cancelled])(
    'repeats for ever what people have in hand: %s without a time',
    (outcome) => {
      expect(tell(ended({ outcome }), firing(T), T + 1e12).verdict).toBe('repeat');
    },
  );

  it.each([Outcome.Remediated, Outcome.AlreadyHealthy, Outcome.Joined, Outcome.Suppressed])(
    'goes on firing after %s: entered again when that cannot be its echo any more',
    (outcome) => {
      const end = ended({ outcome });
      expect(tell(end, firing(T), end.ended.at + SETTLING_MS - 1).verdict).toBe('repeat');
      expect(tell(end, firing(T), end.ended.at + SETTLING_MS).verdict).toBe('open');
    },
  );

  it.each([Outcome.Observed, Outcome.Rejected])('is entered again after %s when its rule goes to more', (outcome) => {
    const end = ended({ outcome, enterAgainAt: T });
    for (const wants of [Wants.Observing, Wants.Nothing, Wants.Unknown]) {
      expect(tell(end, firing(T, wants), T + 1e9).verdict).toBe('repeat');
    }
    expect(tell(end, firing(T, Wants.More)).verdict).toBe('open');
  });

  it('is entered again at once when its workflow is gone without a word', () => {
    expect(tell(ended({ outcome: 'lost' }), firing(T)).verdict).toBe('open');
  });

  it('says nothing by a start in the future', () => {
    const future = T + 2 * MAX_AHEAD_MS;
    expect(kept(tell(undefined, firing(future)), 'open').lastStart).toBe(T + MINUTE);
    expect(tell(ended({ outcome: Outcome.Escalated }), firing(future)).verdict).toBe('repeat');
    expect(kept(tell(opened(), firing(future)), 'duplicate').lastStart).toBe(T);
  });

  it('takes its first incident out of the list of those that are entered again', () => {
    const judgement = tell(ended({ outcome: Outcome.Suppressed, enterAgainAt: T }), firing(T));
    expect(judgement).toMatchObject({ verdict: 'open', previous: { n: 1, ended: { outcome: Outcome.Suppressed } } });
    expect(judgement.verdict === 'open' && judgement.previous?.ended).not.toHaveProperty('enterAgainAt');
  });
});

describe('an alert that has resolved', () => {
  it('is the end of the open incident, also when its start has moved back since', () => {
    // Two of a pair: it came with T + 15 s, the end comes with T.
    expect(over(opened(T + 15_000), T + 5 * MINUTE)).toMatchObject({ n: 1, endHeardAt: T + 5 * MINUTE });
  });

  it('is told again until that is known to have arrived', () => {
    const incident = over(opened(), T + 2 * MINUTE);
    expect(kept(tell(incident, resolved(T + 2 * MINUTE)), 'resolve')).toBe(incident);
    expect(tell({ ...incident, endTold: true }, resolved(T + 2 * MINUTE)).verdict).toBe('ignore');
  });

  it('is nothing without an incident', () => {
    expect(tell(undefined, resolved(T)).verdict).toBe('ignore');
  });

  it('is not the end of an incident that began after it', () => {
    expect(tell(opened(), resolved(T - 1)).verdict).toBe('ignore');
  });

  it('is not the end of an incident that goes on under a later start', () => {
    const incident = kept(tell(opened(), firing(T + 3 * MINUTE)), 'duplicate');
    expect(tell(incident, resolved(T + 2 * MINUTE)).verdict).toBe('ignore');
    expect(tell(incident, resolved(T + 4 * MINUTE)).verdict).toBe('resolve');
  });

  it('is not, when it comes twice, the end of the next incident under the same start', () => {
    const next = kept(tell(over(opened(), T + 2 * MINUTE), firing(T)), 'open');
    expect(tell(next, resolved(T + 2 * MINUTE)).verdict).toBe('ignore');
    expect(tell(next, resolved(T + 4 * MINUTE)).verdict).toBe('resolve');
  });

  it('ends now where its sender gives no end', () => {
    expect(kept(tell(opened(), { status: 'resolved' }, T + 9 * MINUTE), 'resolve').endHeardAt).toBe(T + 9 * MINUTE);
  });

  it('is the end also by a sender whose clock is ahead, and who gives no end', () => {
    expect(tell(opened(T + 2 * MINUTE), { status: 'resolved' }, T).verdict).toBe('resolve');
  });

  it('is the end also of one whose remediation has ended', () => {
    expect(over(ended({ outcome: Outcome.Escalated }), T + 9 * MINUTE)).toMatchObject({ endHeardAt: T + 9 * MINUTE });
  });
});
