import type { AuditEntry } from '../audit/audit-entry.ts';
import type { BudgetVerdict } from '../cost/cost.ts';
import type { RefusalReason } from '../guards/refusal.ts';
import type { GuardsClause } from '../plan/guards-clause.ts';
import type { Outcome } from '../remediation/outcome.ts';
import type { WindowRefusal } from '../windows/calendar.ts';
import type { Meanwhile } from '../windows/window.ts';
import type { Severity } from './severity.ts';

/** Money that a change wants of one budget's ledger. By the day, in the currency of the settings. */
export interface MoneyAsk {
  readonly budget: string;
  /** Whose money: a namespace, a team, or `all`. */
  readonly scopeKind: string;
  readonly scopeKey: string;
  readonly currency: string;
  readonly amount: number;
  readonly daily: number;
  /** What runs now costs a day; null while the source is down and policy allows to go on without it. */
  readonly usage: number | null;
  /** Epoch ms for which `usage` is true. */
  readonly usageMeasuredAt: number;
  /** Seconds after a commit in which `usage` may not show the change yet. */
  readonly settleSeconds: number;
  /** For people: `3 more Pods for 4 h`. */
  readonly change: string;
}

/** A change that came before a plan's own: counted by itself. */
export interface PreludeAct {
  readonly action: string;
  readonly namespace: string;
  /** As `formatTarget` gives it. */
  readonly target: string;
}

/** A step from one plan of a ladder to the next, on objects that stay held. */
export interface LadderStep {
  /** From 2. */
  readonly rung: number;
  /** What the plans before it did since the store was told last. */
  readonly before: {
    readonly acted: boolean;
    /** Epoch ms of the change; absent: now. */
    readonly actedAt?: number;
    /** It stays, and so its money is spent. */
    readonly keepMoney: boolean;
    /** What came before that change, and was done; absent: nothing. */
    readonly prelude?: PreludeAct;
  };
}

/** Everything that one transaction grants together, or not at all. */
export interface AdmitRequest {
  readonly remediationId: string;
  readonly cluster: string;
  /** Empty for a target of the cluster itself. */
  readonly namespace: string;
  /** As `formatTarget` gives it. */
  readonly target: string;
  /** Further objects to hold, in their order. */
  readonly locks: readonly string[];
  readonly action: string;
  /** What makes two alerts the same one firing again. */
  readonly alertKey: string;
  readonly severity: Severity;
  readonly clause: GuardsClause;
  /**
   * Workloads of the namespace, for the blast radius; nodes, where it is of the cluster itself. Absent: as many as it said
   * before, else so few that others wait until it is counted; it matters only where something else of the namespace has
   * been changed.
   */
  readonly workloadsInNamespace?: number;
  /** Absent: costs nothing, or nobody has to be asked. */
  readonly money?: MoneyAsk;
  /**
   * `target`: the target alone, before people are asked for their approval: later alerts join, and no slot and no money
   * are held while people think; what is over the budget or a limit now is said before they are asked. Absent: everything.
   */
  readonly only?: 'target';
  /** It would change nothing on the target: it shares the end of one that has changed it, and watches. */
  readonly sharesWatch?: boolean;
  /** It asks only whose end it could share: nothing makes way for it, and it does not wait behind a lease. */
  readonly looks?: boolean;
  /** It had made way while it only leased or watched the target, and wants to have it back when nothing else does. */
  readonly lends?: boolean;
  /** It goes on to a further plan of its ladder; absent: the first. */
  readonly ladder?: LadderStep;
  /** What the windows of the settings say of the change at this time; absent: nothing against it. */
  readonly window?: WindowRefusal;
  /** Rows that are appended in the commit that grants: decision and intent. */
  readonly audit: readonly AuditEntry[];
}

export type Admission =
  | { readonly status: 'granted'; readonly epoch: number; readonly budget?: BudgetVerdict }
  /** Shares the end of `leader`: asked again when woken. */
  | { readonly status: 'joined'; readonly leader: string }
  /** Asked again when woken. */
  | { readonly status: 'queued'; readonly position: number; readonly text: string }
  /** The leader has ended, and acted. */
  | { readonly status: 'shared'; readonly leader: string; readonly outcome: Outcome; readonly text: string }
  | {
      readonly status: 'refused';
      readonly reason: RefusalReason;
      /** Epoch ms at which the reason ends by itself; absent where that cannot be known. */
      readonly until?: number;
      readonly text: string;
      /** Of a window: whether it is only observed until then; absent: it waits. */
      readonly meanwhile?: Meanwhile;
    }
  | { readonly status: 'denied'; readonly budget: BudgetVerdict };

/** Asked just before each effect, undo apart. */
export interface FenceRequest {
  readonly remediationId: string;
  readonly target: string;
  readonly epoch: number;
  /** What was lent to the alert is given back: its end is no reason against that. */
  readonly givesBack?: boolean;
}

export type FenceAnswer =
  { readonly open: true } | { readonly open: false; readonly reason: FenceReason; readonly text: string };

export const FenceReason = {
  /** Another holds the target, or a later grant is in force. */
  NotHolder: 'not_holder',
  Paused: 'paused',
  Resolved: 'resolved',
  /** The mode that holds for the rule has been lowered. */
  Mode: 'mode',
  /** A freeze or a maintenance has begun, or the hours for changes are over. */
  Window: 'window',
} as const;
export type FenceReason = (typeof FenceReason)[keyof typeof FenceReason];

/** What is given back. Asked again it changes nothing; what was never granted is remembered as gone. */
export interface LeaveRequest {
  readonly remediationId: string;
  /** As in the request to be admitted: a remediation may leave before it was ever known. */
  readonly cluster: string;
  readonly outcome: Outcome;
  /** One sentence for people; those that joined get it too. */
  readonly text: string;
  /** The effect was scheduled and is not proven to have changed nothing. */
  readonly acted: boolean;
  /** An earlier plan of its ladder had changed something, which is counted already. */
  readonly actedBefore?: boolean;
  /** Epoch ms of the change; absent: now. */
  readonly actedAt?: number;
  /** What came before the change, and was done, whether that was done or not; absent: nothing. */
  readonly prelude?: PreludeAct;
  /** Money stays spent. */
  readonly keepMoney: boolean;
  /**
   * `slot`: the change is proven, and only watched: others may change the cluster, and what would change the target gets
   * it. `lend`: the change is given back: makes way for all that ask. `aside`: what waits for the target has it first.
   */
  readonly what: 'all' | 'slot' | 'lend' | 'aside';
  /** Epoch ms from which on the alert, if it still fires, is entered again; absent: never by itself. Of `all` only. */
  readonly enterAgainAt?: number;
  /** Rows that are appended in the same commit: what was done, and how it ended. */
  readonly audit: readonly AuditEntry[];
}

/** Signal `wake` to a remediation: a wake-up only, what holds is asked for by `admit`. */
export interface WakeUp {
  readonly kind: 'turn' | 'ended' | 'paused' | 'yield';
  /** Of `yield`: who waits for the target. */
  readonly to?: string;
}
