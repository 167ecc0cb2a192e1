import { sumOf } from '../cost/money.ts';
import { renderGuard } from './details.ts';
import { heldBy, ledgerAt, ledgerEndsAt, reserversVanished } from './ledger.ts';
import type { LedgerState, Reservation, UsageReading } from './ledger-state.ts';
import { type GuardMachine, quietly } from './machine.ts';
import type { RecentEntry } from './recent.ts';

/** What the ledger of a budget does without being asked. */
export const ledgerMachine: GuardMachine<LedgerState> = {
  holds: ({ reservations }) => reservations.filter(({ committedAt }) => committedAt === undefined),
  // Whoever comes next wants the money.
  pressed: ({ reservations }) => reservations.some(({ committedAt }) => committedAt === undefined),
  vanished: reserversVanished,
  undelivered: quietly,
  wakesAt: () => undefined,
  wake: (state, moment) => quietly(ledgerAt(state, moment)),
  endsAt: ledgerEndsAt,
  details: (state, now) => renderLedger(ledgerView(state, now)),
};

/** Answer of the ledger's `state` query. Money a day; times in epoch ms; `at` is when the ledger last did anything. */
export interface LedgerView {
  readonly at: number;
  readonly daily?: number;
  readonly currency?: string;
  /** The newest that a remediation has brought. */
  readonly reading?: UsageReading;
  /** All that is held: reserved, or committed and perhaps not in the reading yet. */
  readonly held: number;
  readonly reservations: readonly Reservation[];
  readonly recent: readonly RecentEntry[];
}

export function ledgerView(state: LedgerState, now: number): LedgerView {
  const { daily, currency, reading, reservations, recent } = state;
  return {
    at: now,
    ...(daily === undefined ? {} : { daily }),
    ...(currency === undefined ? {} : { currency }),
    ...(reading === undefined ? {} : { reading }),
    held: heldBy(reservations),
    reservations,
    recent,
  };
}

/** Money a day: held by remediations that have not ended, and what runs or is committed to run. */
export function ledgerFigures({ reading, reservations }: Pick<LedgerState, 'reading' | 'reservations'>) {
  const committed = reservations.filter(({ committedAt }) => committedAt !== undefined);
  const reserved = reservations.filter(({ committedAt }) => committedAt === undefined);
  return { reserved: heldBy(reserved), spent: sumOf([reading?.usage ?? 0, heldBy(committed)]) };
}

function renderLedger({ at, daily, currency = '', reading, held, reservations, recent }: LedgerView): string {
  const committed = reservations.filter(({ committedAt }) => committedAt !== undefined).length;
  const measured = reading && `${reading.usage}, measured ${new Date(reading.measuredAt).toISOString()}`;
  return renderGuard({
    facts: [
      ['Budget a day', daily === undefined ? 'unknown' : `${daily} ${currency}`],
      ['Runs now', measured ?? 'unknown'],
      ['Held', `${held} by ${reservations.length} remediations, ${committed} of them committed`],
    ],
    recent,
    at,
  });
}
