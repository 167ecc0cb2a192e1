import type { RecentEntry } from './recent.ts';

/** Money that a change wants. By the day, in the currency of the settings. */
export interface Reserve {
  readonly remediationId: string;
  /** What the change costs. */
  readonly amount: number;
  /** What may be spent. */
  readonly daily: number;
  readonly currency: string;
  /** What runs now costs, by the cost source; null while the source is down and policy allows to go on without it. */
  readonly usage: number | null;
  /** Epoch ms for which `usage` is true. */
  readonly usageMeasuredAt: number;
  /** Seconds after a commit in which `usage` may not show the change yet. */
  readonly settleSeconds: number;
}

export const LedgerReason = {
  Within: 'within',
  Over: 'over',
  /** The usage was measured too long ago to be compared with; or two clocks differ by that much. */
  UsageTooOld: 'usage_too_old',
  /** A figure is no amount. */
  Senseless: 'senseless',
} as const;
export type LedgerReason = (typeof LedgerReason)[keyof typeof LedgerReason];

/** What a ledger says to it. */
export interface ReserveAnswer {
  readonly allowed: boolean;
  /** Held for this remediation; 0 if not allowed. */
  readonly reserved: number;
  /** Held for others: reserved, or committed and perhaps not in `usage` yet. */
  readonly outstanding: number;
  /** What was compared with: the newest usage that the ledger knows; null if it knows none. */
  readonly usage: number | null;
  /** Usage, outstanding and this change together; null where that is no amount. */
  readonly projected: number | null;
  readonly reason: LedgerReason;
}

/** Money held for one remediation. Times in epoch ms. */
export interface Reservation {
  readonly remediationId: string;
  readonly amount: number;
  /** What might be spent a day when it was reserved. */
  readonly daily: number;
  readonly since: number;
  readonly settleMs: number;
  /** Absent until the change is known to stay. */
  readonly committedAt?: number;
  /** Was spent before the store was restored, whether that is within the day or not. */
  readonly reinstated?: boolean;
}

export interface UsageReading {
  readonly usage: number;
  /** Epoch ms. */
  readonly measuredAt: number;
}

/** What is remembered of one budget. */
export interface LedgerState {
  readonly reservations: readonly Reservation[];
  /** The newest one seen. */
  readonly reading?: UsageReading;
  /** As the latest remediation had it from the settings. */
  readonly daily?: number;
  readonly currency?: string;
  readonly recent: readonly RecentEntry[];
}

export const NEW_LEDGER: LedgerState = { reservations: [], recent: [] };
