import { isAmount, known, rounded, sumOf } from '../cost/money.ts';
import {
  LedgerReason,
  type LedgerState,
  type Reservation,
  type Reserve,
  type ReserveAnswer,
  type UsageReading,
} from './ledger-state.ts';
import { withRecent } from './recent.ts';

/**
 * A usage that was measured longer ago is not compared with. The ledger remembers what an older one could fail to show
 * for at least as long.
 */
const MAX_READING_AGE_MS = 10 * 60_000;

/** Amounts are money a day: after it a change is part of what runs, or is gone, whatever the cost source says. */
const DAY_MS = 86_400_000;

/**
 * Reserves money if usage, all that is held, and the change stay within the day's budget. Held is what is reserved, and
 * what is committed since so short a time that the usage may not show it. The same remediation asking again gets what
 * it has; if it wants more, that is judged anew, and refused it keeps what it has: it may be spent. The newest usage that
 * any remediation has brought is the one compared with.
 */
export function reserve(
  before: LedgerState,
  request: Reserve,
  now: number,
): { readonly state: LedgerState; readonly answer: ReserveAnswer } {
  const { remediationId, amount, daily, currency } = request;
  const state = withReading({ ...ledgerAt(before, now), daily, currency }, request, now);
  const held = state.reservations.find((other) => other.remediationId === remediationId);
  const mine =
    held !== undefined && (held.committedAt !== undefined || held.amount >= rounded(amount)) ? held : undefined;
  const others = state.reservations.filter((other) => other !== held);
  const outstanding = heldBy(others);
  const usage = state.reading?.usage ?? null;
  const projected = known(sumOf([usage ?? 0, outstanding, mine?.amount ?? amount]));
  const figures = { outstanding, usage, projected };
  if (mine !== undefined) {
    return { state, answer: { ...figures, allowed: true, reserved: mine.amount, reason: LedgerReason.Within } };
  }

  const reason = reasonOf(state, { request, projected, now });
  if (reason !== LedgerReason.Within) {
    const text = `Refused ${amount} to ${remediationId}: ${reason}`;
    const noted = { ...state, recent: withRecent(state.recent, now, text) };
    return { state: noted, answer: { ...figures, allowed: false, reserved: 0, reason } };
  }
  const settleMs = request.settleSeconds * 1000;
  const reservation: Reservation = { remediationId, amount: rounded(amount), daily, since: now, settleMs };
  return {
    state: { ...state, reservations: [...others, reservation] },
    answer: { ...figures, allowed: true, reserved: reservation.amount, reason },
  };
}

/** The change stays: its money is held until usage must show it. */
export function commit(before: LedgerState, remediationId: string, now: number): LedgerState {
  const state = ledgerAt(before, now);
  const reservations = state.reservations.map((reservation) =>
    reservation.remediationId === remediationId
      ? { ...reservation, committedAt: reservation.committedAt ?? now }
      : reservation,
  );
  return { ...state, reservations };
}

/** The same money, held under another name. */
export function renamed(
  state: LedgerState,
  { remediationId, to }: { readonly remediationId: string; readonly to: string },
): LedgerState {
  const reservations = state.reservations.map((held) =>
    held.remediationId === remediationId ? { ...held, remediationId: to } : held,
  );
  return { ...state, reservations };
}

/** The change did not happen, or was undone: its money is free. */
export function release(before: LedgerState, remediationId: string, now: number): LedgerState {
  const state = ledgerAt(before, now);
  return { ...state, reservations: state.reservations.filter((held) => held.remediationId !== remediationId) };
}

/** A remediation has ended without telling. What it changed may run: usage will show it or not. */
export function commitVanished(before: LedgerState, remediationId: string, now: number): LedgerState {
  const isHeld = ({ remediationId: id, committedAt }: Reservation) => id === remediationId && committedAt === undefined;
  if (!before.reservations.some(isHeld)) return before;
  const text = `${remediationId} has ended without saying so: its money is held until usage must show its change`;
  return commit({ ...before, recent: withRecent(before.recent, now, text) }, remediationId, now);
}

/** The state without what time has ended. */
function ledgerAt(state: LedgerState, now: number): LedgerState {
  const reservations = state.reservations.filter(
    ({ committedAt }) => committedAt === undefined || committedAt + DAY_MS > now,
  );
  return reservations.length === state.reservations.length ? state : { ...state, reservations };
}

/** Epoch ms from which on nothing is left to remember; undefined while money is reserved. */
export function ledgerEndsAt({ reservations, reading }: LedgerState): number | undefined {
  if (reservations.some(({ committedAt }) => committedAt === undefined)) return undefined;
  return Math.max(
    // An older reading that is still under way must meet this one, or be too old.
    (reading?.measuredAt ?? 0) + MAX_READING_AGE_MS,
    ...reservations.map(({ committedAt = 0 }) => committedAt + DAY_MS),
  );
}

export function heldBy(reservations: readonly Reservation[]): number {
  return sumOf(reservations.map(({ amount }) => amount));
}

/** Takes a newer reading, and forgets the committed changes that it must show. */
function withReading(state: LedgerState, { usage, usageMeasuredAt }: Reserve, now: number): LedgerState {
  const measuredAt = Math.min(usageMeasuredAt, now);
  if (usage === null || !isAmount(usage) || !Number.isFinite(measuredAt)) return state;
  if (state.reading !== undefined && state.reading.measuredAt > measuredAt) return state;
  const reading: UsageReading = { usage, measuredAt };
  return {
    ...state,
    reading,
    reservations: state.reservations.filter(
      ({ committedAt, settleMs }) => committedAt === undefined || committedAt + settleMs > measuredAt,
    ),
  };
}

function reasonOf(
  { reading }: LedgerState,
  { request, projected, now }: { request: Reserve; projected: number | null; now: number },
): LedgerReason {
  const { amount, daily, usage, settleSeconds } = request;
  const sensible = [amount, daily, settleSeconds, usage ?? 0].every(isAmount);
  if (!sensible || projected === null) return LedgerReason.Senseless;
  // Without a usage, policy has said that the last one known, however old, will do.
  if (usage !== null && (reading === undefined || now - reading.measuredAt > MAX_READING_AGE_MS)) {
    return LedgerReason.UsageTooOld;
  }
  return projected > rounded(daily) ? LedgerReason.Over : LedgerReason.Within;
}
