import type { WindowReading } from '../windows/calendar.ts';
import type { ClusterGuardView } from './cluster-view.ts';
import type { LedgerView } from './ledger-view.ts';
import type { TargetGuardView } from './target-view.ts';

/** What guards one target. `target` is as `formatTarget` gives it. */
export interface TargetReading {
  readonly target: string;
  readonly state: TargetGuardView;
}

/** The ledger of one budget. `scope` is a namespace, a team, or `all`. */
export interface LedgerReading {
  readonly budget: string;
  readonly scope: string;
  readonly state: LedgerView;
}

/** All that guards one cluster. Times of the views are epoch milliseconds. */
export interface GuardOverview {
  /** Name of the cluster in targets. */
  readonly cluster: string;
  readonly guard: { readonly state: ClusterGuardView };
  /** Those that are held, waited for, or remembered; what was touched last comes first. */
  readonly targets: readonly TargetReading[];
  readonly ledgers: readonly LedgerReading[];
  /** Freezes, maintenance and hours of the settings; absent where the store alone was asked. */
  readonly windows?: readonly WindowReading[];
  /** There are more targets or ledgers than are shown. */
  readonly truncated: boolean;
}
