import type { Act, ClusterGuardState, ClusterHold, ClusterLimits } from './cluster-state.ts';
import { type Refused, RefusalReason } from './messages.ts';

export const HOUR_MS = 3_600_000;

/**
 * Why a remediation must not get a slot now; undefined if it may. A holder counts as a change for as long as it holds
 * its slot, whether it has acted yet or not: so no limit can be passed by those that act late.
 */
export function limitOf(state: ClusterGuardState, hold: ClusterHold, now: number): Refused | undefined {
  const { limits, pause, holders } = state;
  if (pause !== undefined) {
    return refused(RefusalReason.Paused, `All changes are paused by ${pause.by}: ${pause.reason}`);
  }
  if (limits === undefined) return undefined;
  if (holders.length >= limits.maxConcurrent) {
    const text = `${holders.length} remediations are at work in the cluster; ${limits.maxConcurrent} may be`;
    return refused(RefusalReason.MaxConcurrent, text);
  }
  return overRate(state, limits, now) ?? overBlastRadius(state, { hold, limits, now });
}

function overRate({ acts, holders }: ClusterGuardState, limits: ClusterLimits, now: number): Refused | undefined {
  const { maxActionsPerHour } = limits;
  const within = acts.filter(({ at }) => at > now - HOUR_MS).map(({ at }) => at);
  if (within.length + holders.length < maxActionsPerHour) return undefined;
  const text = `${maxActionsPerHour} changes an hour are allowed in the cluster`;
  // So many of the changes have to be an hour old before one more fits; holders have no such time.
  const surplus = within.length + holders.length - maxActionsPerHour;
  return refused(RefusalReason.MaxActionsPerHour, text, endOf(within.toSorted(ascending)[surplus], HOUR_MS));
}

function overBlastRadius(
  { acts, holders }: ClusterGuardState,
  { hold, limits, now }: { hold: ClusterHold; limits: ClusterLimits; now: number },
): Refused | undefined {
  const { percent, windowSeconds } = limits.blastRadius;
  const windowMs = windowSeconds * 1000;
  const here = ({ namespace, target }: Pick<Act, 'namespace' | 'target'>) =>
    namespace === hold.namespace && target !== hold.target;
  const holding = new Set(holders.filter(here).map(({ target }) => target));
  const changed = newestByTarget(
    acts.filter((act) => here(act) && act.at > now - windowMs && !holding.has(act.target)),
  );
  const allowed = Math.max(1, Math.floor((hold.workloadsInNamespace * percent) / 100));
  const others = holding.size + changed.size;
  if (others < allowed) return undefined;
  const text =
    `${others} of ${hold.workloadsInNamespace} workloads in namespace ${hold.namespace} have been changed in ` +
    `${windowSeconds} s; ${percent} % are allowed`;
  const ends = [...changed.values()].toSorted(ascending);
  return refused(RefusalReason.BlastRadius, text, endOf(ends[others - allowed], windowMs));
}

function newestByTarget(acts: readonly Act[]): Map<string, number> {
  const newest = new Map<string, number>();
  for (const { target, at } of acts) newest.set(target, Math.max(at, newest.get(target) ?? 0));
  return newest;
}

function refused(reason: RefusalReason, text: string, until?: number): Refused {
  return { status: 'refused', reason, text, ...(until === undefined ? {} : { until }) };
}

function endOf(at: number | undefined, windowMs: number): number | undefined {
  return at === undefined ? undefined : at + windowMs;
}

function ascending(a: number, b: number): number {
  return a - b;
}
