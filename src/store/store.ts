import type {
  Admission,
  AdmitRequest,
  FenceAnswer,
  FenceRequest,
  LeaveRequest,
  WakeUp,
} from '../domain/admission/admission.ts';
import type { OpenRemediation, EndedRemediation } from '../domain/admission/reconcile.ts';
import type { ChainPoint } from '../domain/audit/chain.ts';
import type { EarlierChange } from '../domain/precondition/facts.ts';
import type { GuardOverview } from '../domain/guards/overview.ts';
import type { HumanOrder } from '../domain/guards/human-order.ts';
import type { AuditStore } from './audit/audit-log.ts';
import type { Database } from './database.ts';
import type { IncidentStore } from './incidents/incident-store.ts';
import type { UnhandledStore } from './unhandled/unhandled-store.ts';

/**
 * Tells a remediation, as a signal of Temporal, that it may ask again. `gone`: its workflow has ended, so that what it
 * waited for goes to the next. Throws what may be tried again.
 */
export type SendWakeUp = (to: string, wake: WakeUp) => Promise<'delivered' | 'gone'>;

/**
 * Which of these remediations are open, asked of the *current* run of each workflow ID: one with a close time is not, a
 * paused one is. Throws where that cannot be known: then nothing is freed.
 */
export type WhichAreOpen = (ids: readonly string[]) => Promise<ReadonlySet<string>>;

/** What open remediations believe to hold. Both throw where that cannot be known. */
export interface OpenHolders {
  /** The IDs of all that are open; one that has just begun may be missing. */
  readonly open: () => Promise<readonly string[]>;
  /** Those of these that hold something, by their own history. One that does not answer is left out. */
  readonly holding: (ids: readonly string[]) => Promise<readonly BelievedHold[]>;
}

export interface BelievedHold {
  readonly remediationId: string;
  /** Targets and locks, as `formatTarget` gives them. */
  readonly objects: readonly string[];
}

export interface SweepRequest {
  readonly isOpen: WhichAreOpen;
  readonly send: SendWakeUp;
  /** Compared with the store when its server has begun anew since the last sweep; absent: never. */
  readonly holders?: OpenHolders;
  /** What the last sweep gave, kept outside of the store; absent: nothing is remembered. */
  readonly remembered?: Remembered;
}

/** A place in the audit log; `generation` says how often the store had been reconciled. */
export type KnownHead = ChainPoint & { readonly generation: number };

/** What has to be known of the store outside of it, in Temporal: by this a restored one is told from the one that was. */
export interface Remembered {
  /** Absent: the log is empty. */
  readonly head?: KnownHead;
  readonly pauses: readonly { readonly cluster: string; readonly order: HumanOrder }[];
  /** When the server of the store had begun. */
  readonly serverStarted?: string;
}

export interface SweepResult {
  /** To be kept outside of the store, and handed in by the next sweep. */
  readonly remembered: Remembered;
  /** Wake-ups that arrived. */
  readonly woken: number;
  /** Turns that were not taken in time. */
  readonly expired: number;
  /** Remediations that had ended without leaving. */
  readonly freed: readonly string[];
  /** The store is not the one that is remembered: call `reconcile`. */
  readonly restored: boolean;
}

export interface ReconcileRequest {
  /** Every remediation that is open in Temporal, paused ones too, with what it holds by its own history. */
  readonly open: readonly OpenRemediation[];
  /** Asked of those that the store knows and `open` has not: lists lag behind. */
  readonly isOpen: WhichAreOpen;
  /**
   * Those that have ended since a time, in epoch ms, as far as known: their changes count for rates, cooldowns and budgets. Asked
   * for those that have ended since the store was saved.
   */
  readonly ended?: (since: number) => Promise<readonly EndedRemediation[]>;
  /** What the last sweep gave: a pause that the store has lost holds again. */
  readonly remembered?: Remembered;
}

export interface ReconcileResult {
  /** Held again, as their remediations believed. */
  readonly reinstated: readonly string[];
  /** Not running any more: freed. */
  readonly freed: readonly string[];
  /** Believe that they hold a target that another one holds: their fence is closed, and they have to ask again. */
  readonly refused: readonly string[];
  /** In place of what was remembered. */
  readonly remembered: Remembered;
}

/** Which changes are asked for. */
export interface ChangesQuestion {
  readonly cluster: string;
  /** Absent: whatever was done. */
  readonly action?: string;
  /** Those of any of them count, as `formatTarget` gives them. */
  readonly objects: readonly string[];
  /** Epoch ms. */
  readonly since: number;
  /** Its own changes do not count. */
  readonly except?: string;
}

/**
 * Admission. Every function throws MendloopError `StoreUnavailable` (retryable: it may have happened all the same, and
 * asking again is harmless); `admit`, `leave` and `fence` also `StoreRestored` (retryable) until `reconcile` was called.
 */
export interface AdmissionStore {
  /**
   * Grants target, slot and money in one commit with the rows of the audit log, or says why not. Asked again by the one
   * that holds, the grant is the same with a new epoch: what was granted before is fenced off.
   */
  admit(request: AdmitRequest): Promise<Admission>;
  /** Begins to read what `admit` of the same request will look at, if it is asked soon. Never throws. */
  foresee(request: AdmitRequest): void;
  /** Changes that were made, the newest first: what preconditions about the past, and targets that were refused, are judged by. */
  changes(question: ChangesQuestion): Promise<readonly EarlierChange[]>;
  /** What `admit` would answer now. Writes nothing. */
  preview(request: AdmitRequest): Promise<Admission>;
  /** Asked just before each effect, undo apart. */
  fence(request: FenceRequest): Promise<FenceAnswer>;
  /** Idempotent; durable when it settles. */
  leave(request: LeaveRequest): Promise<void>;
  /**
   * Sends what is due, expires turns, frees what ended remediations hold, forgets what is old. May run in several
   * processes at once, and be repeated.
   */
  sweep(request: SweepRequest): Promise<SweepResult>;
  /** After a restore or a failover that lost commits: makes the store agree with what runs, and admits again. */
  reconcile(request: ReconcileRequest): Promise<ReconcileResult>;
}

/**
 * What people see and order. Every function throws MendloopError `StoreUnavailable`. Orders append a row of kind `guard`
 * to the audit log in the commit that makes them so.
 */
export interface GuardStore {
  overview(): Promise<GuardOverview>;
  /** Whether paused already or not: the latest order is in force. */
  pause(order: HumanOrder): Promise<void>;
  /** Gives whether it was paused. */
  resume(order: HumanOrder): Promise<boolean>;
  /** Closes the breaker of a target and ends its cooldowns; false if nothing is remembered of it. */
  reset(request: { readonly target: string; readonly order: HumanOrder }): Promise<boolean>;
}

/** The database of one installation. */
export interface Store {
  readonly admission: AdmissionStore;
  readonly guards: GuardStore;
  readonly incidents: IncidentStore;
  readonly unhandled: UnhandledStore;
  readonly audit: AuditStore;
  /** For the parts of the store that have statements of their own. */
  readonly database: Database;
  close(): Promise<void>;
}
