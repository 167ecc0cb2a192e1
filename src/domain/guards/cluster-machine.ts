import { Outcome } from '../remediation/outcome.ts';
import { admit, clusterAt, holdersVanished, leaveCluster } from './cluster-guard.ts';
import { HOUR_MS, limitOf } from './cluster-limits.ts';
import type { ClusterGuardState, ClusterHold, ClusterLimits } from './cluster-state.ts';
import { renderGuard } from './details.ts';
import { type GuardMachine, quietly } from './machine.ts';
import { type HumanOrder, RefusalReason } from './messages.ts';
import { CLUSTER_TURN_SIGNAL } from './names.ts';
import type { RecentEntry } from './recent.ts';

/** What the guard of a cluster does without being asked. */
export const clusterMachine: GuardMachine<ClusterGuardState> = {
  holds: ({ holders }) => holders,
  pressed: ({ queue }) => queue.length > 0,
  vanished: holdersVanished,
  undelivered: (state, message, moment) => {
    if (message.signal !== CLUSTER_TURN_SIGNAL) return quietly(state);
    if (!state.holders.some(({ remediationId }) => remediationId === message.to)) return quietly(state);
    const text = 'Ended before its turn came';
    return leaveCluster(state, { remediationId: message.to, outcome: Outcome.Cancelled, text, acted: false }, moment);
  },
  wakesAt: (state, { now }) => {
    const namespaces = new Set<string>();
    let earliest = Infinity;
    for (const hold of state.queue) {
      if (namespaces.has(hold.namespace)) continue;
      const limit = limitOf(state, hold, now);
      earliest = Math.min(earliest, limit?.until ?? Infinity);
      if (limit?.reason !== RefusalReason.BlastRadius) break; // The same for all.
      namespaces.add(hold.namespace);
    }
    return earliest === Infinity ? undefined : earliest;
  },
  wake: (state, moment) => admit(clusterAt(state, moment), moment),
  // One a cluster, with a pause switch to remember: it stays.
  endsAt: () => undefined,
  details: (state, now) => renderCluster(clusterView(state, now)),
};

/** Answer of the cluster guard's `state` query. Times in epoch ms; `at` is when the guard last did anything. */
export interface ClusterGuardView {
  readonly at: number;
  readonly paused?: HumanOrder & { readonly since: number };
  readonly limits?: ClusterLimits;
  readonly holders: readonly ClusterHold[];
  /** In the order of arrival. */
  readonly queue: readonly ClusterHold[];
  /** Made in the last hour, without what the holders do. */
  readonly actionsInLastHour: number;
  readonly recent: readonly RecentEntry[];
}

export function clusterView(state: ClusterGuardState, now: number): ClusterGuardView {
  const { pause, limits, holders, queue, acts, recent } = state;
  return {
    at: now,
    ...(pause === undefined ? {} : { paused: pause }),
    ...(limits === undefined ? {} : { limits }),
    holders,
    queue,
    actionsInLastHour: acts.filter(({ at }) => at > now - HOUR_MS).length,
    recent,
  };
}

function renderCluster({ at, paused, limits, holders, queue, actionsInLastHour, recent }: ClusterGuardView): string {
  const since = paused && new Date(paused.since).toISOString();
  return renderGuard({
    facts: [
      ['Paused', paused === undefined ? 'no' : `since ${since} by ${paused.by}: ${paused.reason}`],
      ['At work', `${holders.length} of ${limits?.maxConcurrent ?? '?'}`],
      ['Waiting', String(queue.length)],
      ['Changes in the last hour', `${actionsInLastHour} of ${limits?.maxActionsPerHour ?? '?'}`],
    ],
    recent,
    at,
  });
}
