import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commit, commitVanished, ledgerEndsAt, release, reserve } from '../../../src/domain/guards/ledger.ts';
import { type LedgerState, NEW_LEDGER, type Reserve } from '../../../src/domain/guards/ledger-state.ts';
import { ledgerFigures, ledgerView } from '../../../src/domain/guards/ledger-view.ts';

/** Epoch ms, so many seconds after a fixed time. */
const at = (seconds: number) => 1_700_000_000_000 + seconds * 1000;

class Ledger {
  state: LedgerState = NEW_LEDGER;

  reserve(request: Reserve, now: number) {
    const { state, answer } = reserve(this.state, request, now);
    this.state = state;
    return answer;
  }

  commit(id: string, now: number) {
    this.state = commit(this.state, id, now);
  }

  release(id: string, now: number) {
    this.state = release(this.state, id, now);
  }
}

const asking = (id: string, amount: number, measured: number, more: Partial<Reserve> = {}): Reserve => ({
  ...{
    remediationId: id,
    amount,
    daily: 10,
    currency: 'EUR',
    usage: 5,
    usageMeasuredAt: at(measured),
    settleSeconds: 60,
  },
  ...more,
});

describe('the ledger', () => {
  it('allows what usage, all that is held, and the change leave within the day, to the last millionth', () => {
    const ledger = new Ledger();
    expect(ledger.reserve(asking('a', 3, 0), at(0))).toEqual({
      ...{ allowed: true, reserved: 3, outstanding: 0, usage: 5, projected: 8, reason: 'within' },
    });
    expect(ledger.reserve(asking('b', 2.1, 0), at(0))).toEqual({
      ...{ allowed: false, reserved: 0, outstanding: 3, usage: 5, projected: 10.1, reason: 'over' },
    });
    expect(ledger.reserve(asking('c', 2, 0), at(0))).toMatchObject({ allowed: true, projected: 10 });
    expect(ledger.reserve(asking('d', 0.000001, 0), at(0))).toMatchObject({ allowed: false });
  });

  it('adds as people do: 0.1 and 0.2 fit into 0.3', () => {
    const ledger = new Ledger();
    const small = { daily: 0.3, usage: 0 };
    expect(ledger.reserve(asking('a', 0.1, 0, small), at(0)).allowed).toBe(true);
    expect(ledger.reserve(asking('b', 0.2, 0, small), at(0)).allowed).toBe(true);
  });

  it('gives the same one what it has, once', () => {
    const ledger = new Ledger();
    for (let i = 0; i < 3; i += 1) {
      expect(ledger.reserve(asking('a', 4, 0), at(i))).toMatchObject({ allowed: true, reserved: 4, outstanding: 0 });
    }
    expect(ledgerView(ledger.state, 0).held).toBe(4);
  });

  it('judges more of the same one anew; refused, it keeps what it has', () => {
    const ledger = new Ledger();
    ledger.reserve(asking('a', 4, 0), at(0));
    expect(ledger.reserve(asking('a', 5, 0), at(1))).toMatchObject({ allowed: true, reserved: 5, outstanding: 0 });
    expect(ledger.reserve(asking('a', 6, 0), at(2))).toMatchObject({ allowed: false, reserved: 0 });
    expect(ledger.reserve(asking('a', 1, 0), at(3))).toMatchObject({ allowed: true, reserved: 5 });
    expect(ledgerView(ledger.state, 0).held).toBe(5);
  });

  it('frees what is released', () => {
    const ledger = new Ledger();
    ledger.reserve(asking('a', 5, 0), at(0));
    ledger.release('a', at(1));
    expect(ledger.reserve(asking('b', 5, 0), at(2)).allowed).toBe(true);
  });

  it('holds what is committed until usage must show it', () => {
    const ledger = new Ledger();
    ledger.reserve(asking('a', 3, 0), at(0));
    ledger.commit('a', at(10));
    // Measured before it had to be in it.
    expect(ledger.reserve(asking('b', 3, 69), at(69))).toMatchObject({ allowed: false, outstanding: 3 });
    expect(ledger.reserve(asking('b', 3, 70, { usage: 7 }), at(70))).toMatchObject({ outstanding: 0, projected: 10 });
    // An older reading that comes late, and would show less, is not believed.
    expect(ledger.reserve(asking('c', 1, 5, { usage: 5 }), at(71))).toMatchObject({ allowed: false, usage: 7 });
  });

  it('does not compare with what was measured too long ago, and does not believe in the future', () => {
    const ledger = new Ledger();
    expect(ledger.reserve(asking('a', 1, 0), at(601))).toMatchObject({ allowed: false, reason: 'usage_too_old' });
    ledger.reserve(asking('b', 1, 5000), at(700));
    expect(ledger.state.reading?.measuredAt).toBe(at(700));
  });

  it('goes on with the last usage known where policy says so', () => {
    const ledger = new Ledger();
    const unknown = { usage: null };
    expect(ledger.reserve(asking('a', 6, 0, unknown), at(0))).toMatchObject({
      allowed: true,
      usage: null,
      projected: 6,
    });
    expect(ledger.reserve(asking('b', 6, 0, unknown), at(0))).toMatchObject({ allowed: false, outstanding: 6 });
    ledger.release('a', at(1));
    ledger.reserve(asking('c', 0, 2, { usage: 9 }), at(2));
    expect(ledger.reserve(asking('d', 6, 0, unknown), at(5000))).toMatchObject({ allowed: false, usage: 9 });
  });

  it.each([NaN, -1, Infinity])('forbids figures that make no sense: %s', (bad) => {
    for (const more of [{ amount: bad }, { daily: bad }, { usage: bad }, { settleSeconds: bad }]) {
      const ledger = new Ledger();
      expect(ledger.reserve({ ...asking('a', 1, 0), ...more }, at(0))).toMatchObject({ allowed: false });
      expect(ledgerView(ledger.state, 0).held).toBe(0);
    }
  });

  it('holds the money of one that has vanished as if it had committed', () => {
    const ledger = new Ledger();
    ledger.reserve(asking('a', 3, 0), at(0));
    for (const id of ['a', 'x']) ledger.state = commitVanished(ledger.state, id, at(100));
    expect(ledger.state.reservations).toMatchObject([{ committedAt: at(100) }]);
    expect(ledger.reserve(asking('b', 3, 159), at(159)).allowed).toBe(false);
    expect(ledger.reserve(asking('b', 3, 160), at(160)).allowed).toBe(true);
  });

  it('tells what is reserved and what is spent', () => {
    const ledger = new Ledger();
    ledger.reserve(asking('a', 1, 0), at(0));
    ledger.reserve(asking('b', 2, 0), at(0));
    ledger.commit('b', at(1));
    expect(ledgerFigures(ledger.state)).toEqual({ reserved: 1, spent: 7 });
  });

  it('ends when nothing is held, and no older usage can come any more', () => {
    const ledger = new Ledger();
    ledger.reserve(asking('a', 1, 0), at(0));
    expect(ledgerEndsAt(ledger.state)).toBeUndefined();
    ledger.commit('a', at(10));
    expect(ledgerEndsAt(ledger.state)).toBe(at(10 + 86_400));
    const empty = new Ledger();
    empty.reserve(asking('b', 1, 100), at(100));
    empty.release('b', at(101));
    expect(ledgerEndsAt(empty.state)).toBe(at(100 + 600));
  });
});

/**
 * A world in which changes cost what they were said to cost from when they are made, and a cost source that lags: its
 * readings show what was committed `settleSeconds` before them, and of the rest whatever it likes. The ledger may end
 * and begin anew whenever it says that it has nothing to remember.
 */
describe('money, whatever happens in whatever order', { timeout: 60_000 }, () => {
  const SETTLE = 60;
  const step = fc.record({
    kind: fc.constantFrom('measure', 'reserve', 'reserve', 'commit', 'release', 'vanish', 'rest'),
    who: fc.nat(20),
    amount: fc.double({ min: 0, max: 8, noNaN: true }),
    which: fc.oneof(fc.constant(0), fc.nat(5)),
    shown: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 2 ** 20 })),
    seconds: fc.oneof({ weight: 3, arbitrary: fc.nat(20) }, fc.nat(300)),
  });

  it('never exceeds the day, with any order of reservations, commits, releases and stale readings', () => {
    let allowed = 0;
    let refused = 0;
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 8, noNaN: true }),
        fc.array(step, { maxLength: 100, size: 'max' }),
        (base, steps) => {
          const ledger = new Ledger();
          /** What exists: changes with their costs, and when they were committed. */
          const changes = new Map<string, { cost: number; committedAt: number | undefined }>();
          /** Readings that were taken and may arrive at any time later. */
          const readings: { usage: number; measuredAt: number }[] = [];
          let seconds = 0;
          for (const { kind, who, amount, which, shown, seconds: more } of steps) {
            seconds += more;
            const now = at(seconds);
            const id = `r${who}`;
            if (kind === 'measure') {
              const costs = [...changes.values()].filter(
                ({ committedAt }, index) =>
                  (committedAt !== undefined && committedAt + SETTLE * 1000 <= now) || ((shown >> index) & 1) === 1,
              );
              const usage = costs.reduce((sum, { cost }) => sum + cost, base);
              readings.unshift({ usage, measuredAt: now });
            } else if (kind === 'reserve') {
              const reading = readings[which % Math.max(1, readings.length)];
              if (reading === undefined) continue;
              const { usage, measuredAt } = reading;
              const request = asking(id, amount, 0, { usage, usageMeasuredAt: measuredAt, settleSeconds: SETTLE });
              const answer = ledger.reserve(request, now);
              if (answer.allowed) {
                changes.set(id, { cost: answer.reserved, committedAt: changes.get(id)?.committedAt });
                allowed += 1;
              } else {
                refused += 1;
              }
            } else if (kind === 'commit') {
              const change = changes.get(id);
              if (change === undefined) continue;
              change.committedAt ??= now;
              ledger.commit(id, now);
            } else if (kind === 'release') {
              // What is undone after it was committed is no business of the ledger's: usage shows it.
              if (changes.get(id)?.committedAt === undefined) changes.delete(id);
              else continue;
              ledger.release(id, now);
            } else if (kind === 'vanish') {
              const change = changes.get(id);
              if (change === undefined) continue;
              change.committedAt ??= now;
              ledger.state = commitVanished(ledger.state, id, now);
            } else {
              const endsAt = ledgerEndsAt(ledger.state);
              if (endsAt !== undefined && endsAt <= now) ledger.state = NEW_LEDGER;
            }
            ledger.state = JSON.parse(JSON.stringify(ledger.state)) as LedgerState;
            const running = [...changes.values()].reduce((sum, { cost }) => sum + cost, base);
            if (changes.size > 0) expect(running).toBeLessThanOrEqual(10 + 1e-4);
          }
        },
      ),
      { numRuns: 250 },
    );
    expect(allowed).toBeGreaterThan(200);
    expect(refused).toBeGreaterThan(200);
  });
});
