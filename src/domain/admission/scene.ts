import type { AuditRecord } from '../audit/audit-record.ts';
import type { Act, ClusterLoad, Pause } from '../guards/cluster-limits.ts';
import type { LedgerState } from '../guards/ledger-state.ts';
import type { RecentEntry } from '../guards/recent.ts';
import type { TargetMemory } from '../guards/target-memory.ts';
import type { Outcome } from '../remediation/outcome.ts';
import type { WakeUp } from './admission.ts';
import type { Claim, Tombstone } from './claim.ts';

/** The ledger of one budget in one scope. */
export interface LedgerKey {
  readonly budget: string;
  /** A namespace, a team, or `all`. */
  readonly scopeKey: string;
}

export function ledgerName({ budget, scopeKey }: LedgerKey): string {
  return `${budget}/${scopeKey}`;
}

/** What an operation has to see of a cluster. */
export interface Needs {
  /** Remediations. */
  readonly ids?: readonly string[];
  readonly objects?: readonly string[];
  /** Where changes count together. */
  readonly namespaces?: readonly string[];
  readonly ledgers?: readonly LedgerKey[];
  /** Remediations that it may take out of their places: so many who could follow each have to be seen. */
  readonly leaves?: number;
  /** All that hold a slot have to be seen, and all that a pause keeps from having one. */
  readonly everyHolder?: boolean;
}

/** What was read of one cluster at one moment: as much as the operations at hand have to see. */
export interface Scene {
  /** Epoch ms, by the clock of the database. */
  readonly now: number;
  /** Raised by each change; of the state that was read. */
  readonly version: number;
  readonly pause?: Pause;
  /** Epoch ms: turns are given one after the other, the next of them then. */
  readonly pace?: number;
  readonly recent: readonly RecentEntry[];
  readonly load: Pick<ClusterLoad, 'hour' | 'acts'>;
  /** Those with a slot, on offer or taken. */
  readonly holders: readonly Pick<Claim, 'remediationId' | 'namespace' | 'target'>[];
  readonly claims: readonly Claim[];
  readonly tombstones: readonly Tombstone[];
  /** Those of the claims that could have a turn now, as far as their objects are free. */
  readonly candidates: readonly string[];
  /** How many wait in the whole cluster, by their rank. */
  readonly waiting: Readonly<Record<number, number>>;
  /** How many wait for a target, by their rank. */
  readonly lines: Readonly<Record<string, Readonly<Record<number, number>>>>;
  /** Of remediations that wait: how many come before them in each line. */
  readonly before: Readonly<Record<string, { readonly target: number; readonly cluster: number }>>;
  /** How many have joined, by group. */
  readonly followers: Readonly<Record<string, number>>;
  /** When each namespace had its last turn: a number that grows. */
  readonly served: Readonly<Record<string, number>>;
  readonly memories: Readonly<Record<string, TargetMemory>>;
  readonly ledgers: readonly (LedgerKey & { readonly version: number; readonly state: LedgerState })[];
}

/** A change that was made, as it is remembered. */
export interface MadeChange extends Act {
  readonly remediationId: string;
  readonly action: string;
  /** The target, and what else was locked for it. */
  readonly objects: readonly string[];
}

/** A wake-up that is to be sent. */
export interface Message {
  readonly to: string;
  readonly wake: WakeUp;
  /** Epoch ms. */
  readonly dueAt: number;
}

/** All who have joined a group share an end. */
export interface Share {
  readonly group: string;
  readonly leader: string;
  readonly outcome: Outcome;
  readonly text: string;
}

/** How an incident's remediation ended. */
export interface IncidentEnding {
  readonly remediationId: string;
  readonly outcome: Outcome;
  /** Epoch ms from which on its alert, if it still fires, is entered again. */
  readonly enterAgainAt?: number;
}

/** What operations make of a scene: written in one commit, if the versions of cluster and ledgers still hold. */
export interface Change {
  readonly version: number;
  readonly now: number;
  readonly pause: Pause | null;
  readonly pace: number | null;
  readonly recent: readonly RecentEntry[];
  /** As they are from now on. */
  readonly claims: readonly (Claim | Tombstone)[];
  /** Claims to be forgotten. */
  readonly removed: readonly string[];
  readonly shares: readonly Share[];
  readonly acts: readonly MadeChange[];
  readonly served: readonly { readonly namespace: string; readonly served: number }[];
  readonly memories: readonly { readonly target: string; readonly memory: TargetMemory; readonly endsAt: number }[];
  readonly ledgers: readonly (LedgerKey & {
    readonly version: number;
    readonly state: LedgerState;
    readonly endsAt: number | null;
  })[];
  readonly messages: readonly Message[];
  readonly endings: readonly IncidentEnding[];
  /** Rows of the audit log, in their order. */
  readonly audit: readonly AuditRecord[];
}
