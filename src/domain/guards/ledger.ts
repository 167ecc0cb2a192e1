import { isAmount, known, rounded, sumOf } from '../cost/money.ts';
import { stillRemembered, withDeparted } from './departed.ts';
import {
  LedgerReason,
  type LedgerState,
  type Reservation,
  type Reserve,
  type ReserveAnswer,
  type UsageReading,
} from './ledger-state.ts';
import { type Answered, type Moment, quietly, type Transition } from './machine.ts';
import { withRecent } from './recent.ts';

/**
 * A usage that was measured longer ago is not compared with. The ledger remembers what an older one could fail to show
 * for at least as long.
 */
export const MAX_READING_AGE_MS = 10 * 60_000;

/** Amounts are money a day: after it a change is part of what runs, or is gone, whatever the cost source says. */
const DAY_MS = 86_400_000;

/** Some 200 bytes each in the state that one run hands to the next. */
const MAX_RESERVATIONS = 5000;

/**
 * Reserves money if usage, all that is held, and the change stay within the day's budget. Held is what is reserved, and
 * what is committed since so short a time that the usage may not show it. The same remediation asking again gets what
 * it has. The newest usage that any remediation has brought is the one compared with.
 */
export function reserve(before: LedgerState, request: Reserve, moment: Moment): Answered<LedgerState, ReserveAnswer> {
  const { remediationId, amount, daily, currency } = request;
  const state = withReading({ ...ledgerAt(before, moment), daily, currency }, request, moment.now);
  const mine = state.reservations.find((other) => other.remediationId === remediationId);
  const outstanding = heldBy(state.reservations.filter((other) => other !== mine));
  const usage = state.reading?.usage ?? null;
  const cost = mine?.amount ?? amount;
  const projected = known(sumOf([usage ?? 0, outstanding, cost]));
  const figures = { outstanding, usage, projected };
  if (mine !== undefined) {
    return {
      ...quietly(state),
      answer: { ...figures, allowed: true, reserved: mine.amount, reason: LedgerReason.Within },
    };
  }

  const reason = reasonOf(state, { request, projected, now: moment.now });
  if (reason !== LedgerReason.Within) {
    const text = `Refused ${amount} to ${remediationId}: ${reason}`;
    const noted = { ...state, recent: withRecent(state.recent, moment.now, text) };
    return { ...quietly(noted), answer: { ...figures, allowed: false, reserved: 0, reason } };
  }
  const reservation: Reservation = {
    remediationId,
    amount: rounded(amount),
    since: moment.now,
    settleMs: request.settleSeconds * 1000,
  };
  const reservations = [...state.reservations, reservation];
  return {
    ...quietly({ ...state, reservations }),
    answer: { ...figures, allowed: true, reserved: reservation.amount, reason },
  };
}

/** The change stays: its money is held until usage must show it. */
export function commit(before: LedgerState, remediationId: string, moment: Moment): Transition<LedgerState> {
  const state = ledgerAt(before, moment);
  const reservations = state.reservations.map((reservation) =>
    reservation.remediationId === remediationId
      ? { ...reservation, committedAt: reservation.committedAt ?? moment.now }
      : reservation,
  );
  return quietly({
    ...state,
    reservations,
    departed: withDeparted(state.departed, [{ remediationId, at: moment.now }]),
  });
}

/** The change did not happen, or was undone: its money is free. */
export function release(before: LedgerState, remediationId: string, moment: Moment): Transition<LedgerState> {
  const state = ledgerAt(before, moment);
  return quietly({
    ...state,
    reservations: state.reservations.filter((reservation) => reservation.remediationId !== remediationId),
    departed: withDeparted(state.departed, [{ remediationId, at: moment.now }]),
  });
}

/** Remediations that have ended without telling. What they changed may run: usage will show it or not. */
export function reserversVanished(
  before: LedgerState,
  ids: readonly string[],
  moment: Moment,
): Transition<LedgerState> {
  const gone = before.reservations.filter(
    ({ remediationId, committedAt }) => committedAt === undefined && ids.includes(remediationId),
  );
  return gone.reduce<Transition<LedgerState>>(({ state }, { remediationId }) => {
    const text = `${remediationId} has ended without saying so: its money is held until usage must show its change`;
    return commit({ ...state, recent: withRecent(state.recent, moment.now, text) }, remediationId, moment);
  }, quietly(before));
}

/** The state without what time has ended. */
export function ledgerAt(state: LedgerState, moment: Moment): LedgerState {
  return {
    ...state,
    reservations: state.reservations.filter(
      ({ committedAt }) => committedAt === undefined || committedAt + DAY_MS > moment.now,
    ),
    departed: stillRemembered(state.departed, moment),
  };
}

/** Epoch ms from which on nothing is left to remember; undefined while money is reserved. */
export function ledgerEndsAt({ reservations, departed, reading }: LedgerState, moment: Moment): number | undefined {
  if (reservations.some(({ committedAt }) => committedAt === undefined)) return undefined;
  return Math.max(
    // An older reading that is still under way must meet this one, or be too old.
    (reading?.measuredAt ?? 0) + Math.min(MAX_READING_AGE_MS, moment.rememberMs),
    ...reservations.map(({ committedAt = 0 }) => committedAt + DAY_MS),
    ...departed.map(({ at }) => at + moment.rememberMs),
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
  { reading, departed, reservations }: LedgerState,
  { request, projected, now }: { request: Reserve; projected: number | null; now: number },
): LedgerReason {
  const { remediationId, amount, daily, usage, settleSeconds } = request;
  if (departed.some((other) => other.remediationId === remediationId)) return LedgerReason.AlreadyLeft;
  const sensible = [amount, daily, settleSeconds, usage ?? 0].every(isAmount);
  if (!sensible || projected === null) return LedgerReason.Senseless;
  // Without a usage, policy has said that the last one known, however old, will do.
  if (usage !== null && (reading === undefined || now - reading.measuredAt > MAX_READING_AGE_MS)) {
    return LedgerReason.UsageTooOld;
  }
  if (projected > rounded(daily)) return LedgerReason.Over;
  return reservations.length < MAX_RESERVATIONS ? LedgerReason.Within : LedgerReason.TooMany;
}
