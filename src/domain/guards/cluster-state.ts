import type { Departed } from './departed.ts';
import type { Hold } from './machine.ts';
import type { HumanOrder } from './messages.ts';
import type { RecentEntry } from './recent.ts';

/** How much may change at once, from the settings of the worker that asks; the latest asked by is in force. */
export interface ClusterLimits {
  /** Remediations that hold a slot at once. */
  readonly maxConcurrent: number;
  /** Changes in any hour. */
  readonly maxActionsPerHour: number;
  /** So many percent of a namespace's workloads, but always one, may change in the window. */
  readonly blastRadius: { readonly percent: number; readonly windowSeconds: number };
  /** What happens to a remediation over a limit or during a pause. */
  readonly overLimit: 'wait' | 'suppress';
}

/** Argument of the cluster guard's `enter` update. */
export interface EnterCluster {
  readonly remediationId: string;
  readonly namespace: string;
  /** Formatted: `cluster/namespace/Kind/name`. */
  readonly target: string;
  /** Workloads in the namespace that could be changed. */
  readonly workloadsInNamespace: number;
  readonly limits: ClusterLimits;
}

/** A remediation with a slot, or in line for one. */
export type ClusterHold = Hold & Omit<EnterCluster, 'limits'>;

/** A change that was made. */
export interface Act {
  /** Epoch ms. */
  readonly at: number;
  readonly namespace: string;
  readonly target: string;
}

/** What is remembered of a cluster; carried whole from run to run. */
export interface ClusterGuardState {
  /** Absent until the first remediation comes. */
  readonly limits?: ClusterLimits;
  readonly pause?: HumanOrder & { readonly since: number };
  readonly holders: readonly ClusterHold[];
  /** In the order of arrival. */
  readonly queue: readonly ClusterHold[];
  readonly acts: readonly Act[];
  readonly departed: readonly Departed[];
  readonly recent: readonly RecentEntry[];
}

export const NEW_CLUSTER_GUARD: ClusterGuardState = { holders: [], queue: [], acts: [], departed: [], recent: [] };
