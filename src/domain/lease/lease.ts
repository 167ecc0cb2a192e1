import type { Sample } from '../verification/measurement.ts';
import type { LeaseClause } from '../plan/lease-clause.ts';

/** The values of the number that is moved between which a lease moves it. */
export interface LeaseBounds {
  /** Where the lease ends. */
  readonly floor: number;
  readonly ceiling: number;
}

/**
 * Never below what the target had before, nor above what the act set, whatever the clause says: a lease gives back, it
 * does not take.
 */
export function leaseBounds(
  { min, max }: Pick<LeaseClause, 'min' | 'max'>,
  { baseline, acted }: { readonly baseline: number; readonly acted: number },
): LeaseBounds {
  const ceiling = Math.max(baseline, Math.min(acted, max ?? acted));
  return { floor: Math.min(ceiling, Math.max(baseline, min ?? baseline)), ceiling };
}

export type LeaseStep =
  | { readonly kind: 'down'; readonly to: number; readonly reason: string }
  /** The load does not fit less, or is not known: unknown is no reason to take capacity away. */
  | { readonly kind: 'stay'; readonly reason: string }
  | { readonly kind: 'done'; readonly reason: string };

/**
 * The next step of a lease. Less is enough when the load, with headroom on top, fits what it carries. `capacityPerUnit`
 * is in the load's unit, for each one of the number that is moved.
 */
export function nextLeaseStep(
  clause: Pick<LeaseClause, 'headroom' | 'step' | 'load'>,
  state: {
    readonly current: number;
    readonly bounds: LeaseBounds;
    readonly load: Sample;
    readonly capacityPerUnit: number | undefined;
  },
): LeaseStep {
  const { current, bounds, load, capacityPerUnit } = state;
  if (current <= bounds.floor) return { kind: 'done', reason: `back at ${current}` };
  const { name, unit } = clause.load;
  if (load.status === 'unknown') return { kind: 'stay', reason: `${name} is unknown (${load.reason})` };
  if (capacityPerUnit === undefined || !(capacityPerUnit > 0)) {
    return { kind: 'stay', reason: 'what one unit carries is unknown' };
  }
  const needed = Math.max(0, Math.ceil((load.value * (1 + clause.headroom)) / capacityPerUnit));
  const measured = `${name} ${Number(load.value.toPrecision(3))} ${unit}`.trim();
  if (needed >= current) return { kind: 'stay', reason: `${measured} needs ${needed}` };
  const to = Math.max(bounds.floor, needed, current - clause.step);
  return { kind: 'down', to, reason: `${measured} fits ${needed}` };
}

/** The most that one unit was seen to carry while the objective held: the load of the proof by the units. Else undefined. */
export function provenCapacity(load: Sample, units: number): number | undefined {
  return load.status === 'known' && load.value > 0 && units > 0 ? load.value / units : undefined;
}
