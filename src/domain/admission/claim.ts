import type { Place } from '../guards/cluster-limits.ts';
import type { Contender } from '../guards/target-rules.ts';
import type { Outcome } from '../remediation/outcome.ts';

/** Where a remediation stands with the objects that it wants. */
export const ClaimStatus = {
  /** Shares the end of its group's lead. */
  Joined: 'joined',
  /** Waits: for objects that others hold, or for a slot. */
  Queued: 'queued',
  /** May have its objects, and a slot if it wants one: others do not get them until it asks, or the offer ends. */
  Offered: 'offered',
  Held: 'held',
} as const;
export type ClaimStatus = (typeof ClaimStatus)[keyof typeof ClaimStatus];

/** Where it stands with a slot among those that may change the cluster at once. */
export const SlotStatus = { None: 'none', Wanted: 'wanted', Offered: 'offered', Taken: 'taken' } as const;
export type SlotStatus = (typeof SlotStatus)[keyof typeof SlotStatus];

/** A remediation's place at the guards. Times in epoch ms. */
export interface Claim extends Contender, Place {
  /** Further objects, beside the target. */
  readonly locks: readonly string[];
  /** Those that share one end: a lead, and all that have joined it. */
  readonly group: string;
  readonly status: ClaimStatus;
  readonly slot: SlotStatus;
  /** Whether it wants more than the target. */
  readonly wants: 'all' | 'target';
  /** Severity: the smaller, the sooner. That of the most severe of those that have joined it. */
  readonly rank: number;
  /** Order of arrival in the cluster. */
  readonly arrived: number;
  readonly workloadsInNamespace: number;
  /** Since when it has had its status. */
  readonly since: number;
  /** Of its last grant; 0 if it never had one. */
  readonly epoch: number;
  readonly offerEndsAt?: number;
  /** Turns in a row that it has not taken. */
  readonly misses: number;
  /** It gets no offer before this time. */
  readonly notBefore: number;
  /** A holder that asked during a pause: woken when it ends. */
  readonly heldBack: boolean;
  /** The plan of its ladder that it is at, from 1; absent: the first. */
  readonly rung?: number;
  /** Since when the holder only leases or watches the target, and makes way for others. */
  readonly lendsSince?: number;
  /** Its alert fires still: those that would change nothing share its end. */
  readonly watches?: boolean;
  /** When a holder that leases the target had changed it. */
  readonly actedAt?: number;
  /** Its cure was counted when it began to lease the target. */
  readonly cureCounted?: boolean;
}

/** A remediation that has given everything back, or shared an end: what asks late meets it. */
export interface Tombstone {
  readonly remediationId: string;
  readonly status: 'left';
  readonly end: {
    /** Epoch ms. */
    readonly at: number;
    readonly outcome: Outcome;
    readonly text: string;
    /** Whose end it shares; absent: its own. */
    readonly leader?: string;
  };
}

/** Every object that it wants or holds. */
export function objectsOf({ target, locks }: Pick<Claim, 'target' | 'locks'>): readonly string[] {
  return [...new Set([target, ...locks])];
}

/** Whether others may not have its objects. */
export function takesObjects({ status }: Claim): boolean {
  return status === ClaimStatus.Held || status === ClaimStatus.Offered;
}

export function takesSlot({ slot }: Claim): boolean {
  return slot === SlotStatus.Taken || slot === SlotStatus.Offered;
}

/** Whether it is in line for something. */
export function isWaiting({ status, slot }: Claim): boolean {
  return status === ClaimStatus.Queued || (status === ClaimStatus.Held && slot === SlotStatus.Wanted);
}

/** Whether those that come later may join it. */
export function isLead({ status }: Claim): boolean {
  return status !== ClaimStatus.Joined;
}

/** For sorting: one that missed its turn comes after all others. */
export function byTurn(one: Claim, other: Claim): number {
  return Number(one.misses > 0) - Number(other.misses > 0) || one.rank - other.rank || one.arrived - other.arrived;
}
