import { sumOf } from '../cost/money.ts';
import { heldBy } from './ledger.ts';
import type { LedgerState, Reservation, UsageReading } from './ledger-state.ts';
import type { RecentEntry } from './recent.ts';

/** A ledger as it is shown. Money a day; times in epoch ms. */
export interface LedgerView {
  /** When it was looked at. */
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

export function ledgerView({ reservations, ...state }: LedgerState, now: number): LedgerView {
  return { at: now, ...state, held: heldBy(reservations), reservations };
}

/** Money a day: held by remediations that have not ended, and what runs or is committed to run. */
export function ledgerFigures({ reading, reservations }: Pick<LedgerState, 'reading' | 'reservations'>) {
  const committed = reservations.filter(({ committedAt }) => committedAt !== undefined);
  const reserved = reservations.filter(({ committedAt }) => committedAt === undefined);
  return { reserved: heldBy(reserved), spent: sumOf([reading?.usage ?? 0, heldBy(committed)]) };
}
