import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Incident, isOpen } from '../../../src/domain/incident/incident.ts';
import { judge, type Judgement, type Told } from '../../../src/domain/incident/judge.ts';
import { Wants } from '../../../src/domain/incident/wants.ts';
import { Outcome } from '../../../src/domain/remediation/outcome.ts';

const identity = { cluster: 'default', alertName: 'Slow', fingerprint: '0123456789abcdef' };
const NOW = 1_000_000_000_000;

/** Minutes around the present, some of them far away. */
const time = fc.oneof(
  fc.integer({ min: -30, max: 30 }).map((minutes) => NOW + minutes * 60_000),
  fc.constantFrom(-62_135_596_800_000, NOW + 1e12),
);
const firing = fc.record({
  status: fc.constant('firing' as const),
  startsAt: time,
  wants: fc.constantFrom(...Object.values(Wants)),
});
const resolved = fc.record({ status: fc.constant('resolved' as const), endsAt: time });
const end = fc.record({
  outcome: fc.constantFrom(...Object.values(Outcome), 'lost' as const),
  at: time,
  ...{ enterAgainAt: time },
});

type Step =
  | { readonly kind: 'told'; readonly told: Told }
  | { readonly kind: 'started' | 'endTold' }
  | { readonly kind: 'ended'; readonly end: NonNullable<Incident['ended']> }
  | { readonly kind: 'later'; readonly minutes: number };
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.oneof(firing, resolved).map((told) => ({ kind: 'told' as const, told })) },
  fc.constantFrom({ kind: 'started' as const }, { kind: 'endTold' as const }),
  end.map((value) => ({ kind: 'ended' as const, end: value })),
  fc.nat(60).map((minutes) => ({ kind: 'later' as const, minutes })),
);

interface World {
  newest: Incident | undefined;
  now: number;
  readonly opened: Incident[];
}

const world = (): World => ({ newest: undefined, now: NOW, opened: [] });

function tell(w: World, told: Told): Judgement {
  const judgement = judge({ identity, incident: w.newest, told, now: w.now });
  if (judgement.verdict === 'open') w.opened.push(judgement.incident);
  if (judgement.verdict !== 'ignore') w.newest = judgement.incident;
  return judgement;
}

function take(w: World, next: Step): void {
  if (next.kind === 'told') tell(w, next.told);
  else if (next.kind === 'later') w.now += next.minutes * 60_000;
  else if (w.newest === undefined) return;
  else if (next.kind === 'ended') w.newest = { ...w.newest, started: true, ended: next.end };
  else w.newest = { ...w.newest, [next.kind]: true };
}

const steps = fc.array(step, { maxLength: 40 });

describe('whatever is told, in whatever order', () => {
  it('counts the incidents of an alert without a gap, and gives no ID twice', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const w = world();
        for (const next of all) take(w, next);
        expect(w.opened.map(({ n }) => n)).toEqual(w.opened.map((_incident, index) => index + 1));
        expect(new Set(w.opened.map(({ remediationId }) => remediationId)).size).toBe(w.opened.length);
      }),
    );
  });

  it('opens no incident while one is open', () => {
    fc.assert(
      fc.property(steps, fc.array(firing, { minLength: 1, maxLength: 10 }), (all, more) => {
        const w = world();
        for (const next of all) take(w, next);
        tell(w, { ...more[0]!, wants: Wants.More });
        const open = w.newest;
        if (open === undefined || !isOpen(open)) return;
        for (const told of more) {
          w.now += 3_600_000;
          expect(['start', 'duplicate']).toContain(tell(w, told).verdict);
          expect(w.newest?.remediationId).toBe(open.remediationId);
        }
      }),
    );
  });

  it('makes nothing of what it is told twice', () => {
    fc.assert(
      fc.property(steps, fc.oneof(firing, resolved), (all, told) => {
        const w = world();
        for (const next of all) take(w, next);
        tell(w, told);
        const { newest, opened } = w;
        const count = opened.length;
        tell(w, told);
        expect(w.newest).toEqual(newest);
        expect(w.opened.length).toBe(count);
      }),
    );
  });

  it('tells no incident of an end that came before its last start', () => {
    fc.assert(
      fc.property(steps, resolved, (all, told) => {
        const w = world();
        for (const next of all) take(w, next);
        const before = w.newest;
        if (before === undefined || before.endHeardAt !== undefined) return;
        const { verdict } = tell(w, told);
        expect(verdict === 'resolve').toBe(!before.endTold && told.endsAt >= before.lastStart);
      }),
    );
  });

  it('forgets no alert that goes on firing: it is open, or people have it, or the time is known at which it is entered', () => {
    const handedOver: readonly string[] = [
      ...[Outcome.Denied, Outcome.Expired, Outcome.Escalated, Outcome.RolledBack, Outcome.Cancelled],
    ];
    fc.assert(
      fc.property(steps, firing, (all, told) => {
        const w = world();
        for (const next of all) take(w, next);
        w.now = NOW + 1e13;
        tell(w, { ...told, wants: Wants.More });
        const { newest } = w;
        if (newest !== undefined && isOpen(newest)) return;
        expect(handedOver).toContain(newest?.ended?.outcome);
        expect(newest?.ended?.enterAgainAt ?? Infinity).toBeGreaterThan(w.now);
      }),
    );
  });
});
