import type { ClusterLimits, Pause, Place } from './cluster-limits.ts';
import type { RecentEntry } from './recent.ts';

/** A remediation with a slot, or in line for one. */
export interface ClusterHold extends Place {
  readonly remediationId: string;
  /** Epoch ms. */
  readonly since: number;
}

/** What guards a cluster, as it is shown. Times in epoch ms. */
export interface ClusterGuardView {
  /** When it was looked at. */
  readonly at: number;
  readonly paused?: Pause;
  readonly limits: ClusterLimits;
  readonly holders: readonly ClusterHold[];
  /** In the order of arrival. */
  readonly queue: readonly ClusterHold[];
  /** Made in the last hour, without what the holders do. */
  readonly actionsInLastHour: number;
  readonly recent: readonly RecentEntry[];
}
