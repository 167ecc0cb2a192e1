import type { HumanOrder } from './human-order.ts';
import { type Refused, RefusalReason } from './refusal.ts';

export const HOUR_MS = 3_600_000;

/** How much may change at once, from the settings of the process that asks. */
export interface ClusterLimits {
  /** Remediations that hold a slot at once. */
  readonly maxConcurrent: number;
  /** Changes in any hour. */
  readonly maxActionsPerHour: number;
  /** So many percent of a namespace's workloads, or of the cluster's nodes, but always one, may change in the window. */
  readonly blastRadius: { readonly percent: number; readonly windowSeconds: number };
  /** What happens to a remediation over a limit or during a pause. */
  readonly overLimit: 'wait' | 'suppress';
}

/** Where a change is made, or may be made at any moment. */
export interface Place {
  readonly namespace: string;
  /** As `formatTarget` gives it. */
  readonly target: string;
}

/** A change that was made. */
export interface Act extends Place {
  /** Epoch ms. */
  readonly at: number;
}

export type Pause = HumanOrder & {
  /** Epoch ms. */
  readonly since: number;
};

/** What is at work in a cluster, and what was changed in it. */
export interface ClusterLoad {
  readonly pause?: Pause;
  /** Those with a slot. */
  readonly holders: readonly Place[];
  /** Epoch ms of the changes of the last hour; of more than are allowed, the newest. */
  readonly hour: readonly number[];
  /** Changes within the window of the blast radius, at least those in the namespace that is judged. */
  readonly acts: readonly Act[];
}

/** One that wants a slot. */
export interface Candidate extends Place {
  /** In its namespace, as far as they could be changed; nodes, where it is of the cluster itself. */
  readonly workloadsInNamespace: number;
}

export interface LimitQuestion {
  readonly load: ClusterLoad;
  readonly limits: ClusterLimits;
  readonly candidate: Candidate;
  /** Epoch ms. */
  readonly now: number;
}

/**
 * Why a remediation must not get a slot now; undefined if it may. A holder counts as a change for as long as it holds
 * its slot, whether it has acted yet or not: so no limit can be passed by those that act late.
 */
export function limitOf(question: LimitQuestion): Refused | undefined {
  const { pause, holders } = question.load;
  const { maxConcurrent } = question.limits;
  if (pause !== undefined) return pausedBy(pause);
  if (holders.length >= maxConcurrent) {
    const text = `${holders.length} remediations are at work in the cluster; ${maxConcurrent} may be`;
    return refused(RefusalReason.MaxConcurrent, text);
  }
  return overRate(question) ?? overBlastRadius(question);
}

export function pausedBy({ by, reason }: HumanOrder): Refused {
  return refused(RefusalReason.Paused, `All changes are paused by ${by}: ${reason}`);
}

function overRate({ load: { hour, holders }, limits, now }: LimitQuestion): Refused | undefined {
  const { maxActionsPerHour } = limits;
  const within = hour.filter((at) => at > now - HOUR_MS);
  if (within.length + holders.length < maxActionsPerHour) return undefined;
  const text = `${maxActionsPerHour} changes an hour are allowed in the cluster`;
  // So many of the changes have to be an hour old before one more fits; holders have no such time.
  const surplus = within.length + holders.length - maxActionsPerHour;
  return refused(RefusalReason.MaxActionsPerHour, text, endOf(within.toSorted(ascending)[surplus], HOUR_MS));
}

function overBlastRadius({ load, limits, candidate, now }: LimitQuestion): Refused | undefined {
  const { percent, windowSeconds } = limits.blastRadius;
  const windowMs = windowSeconds * 1000;
  const here = ({ namespace, target }: Place) => namespace === candidate.namespace && target !== candidate.target;
  const holding = new Set(load.holders.filter(here).map(({ target }) => target));
  const changed = newestByTarget(
    load.acts.filter((act) => here(act) && act.at > now - windowMs && !holding.has(act.target)),
  );
  const allowed = Math.max(1, Math.floor((candidate.workloadsInNamespace * percent) / 100));
  const others = holding.size + changed.size;
  if (others < allowed) return undefined;
  const where = candidate.namespace === '' ? 'nodes of the cluster' : `workloads in namespace ${candidate.namespace}`;
  const text =
    `${others} of ${candidate.workloadsInNamespace} ${where} have been changed in ${windowSeconds} s; ` +
    `${percent} % are allowed`;
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
