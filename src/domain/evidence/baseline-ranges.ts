import type { EvidenceSignal } from '../plan/evidence-clause.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;

/** Moments from `start` to `end`, both included, in seconds since the epoch. */
export interface TimeRange {
  readonly start: number;
  readonly end: number;
  readonly stepSeconds: number;
}

/**
 * The stretches of the past that say what is usual: the lookback up to `excludeSeconds` before now, and the hour around
 * this time of day on past days and weeks. A day that is also a week ago counts once.
 */
export function baselineRanges(baseline: EvidenceSignal['baseline'], now: number): TimeRange[] {
  const { lookbackSeconds, excludeSeconds, stepSeconds, days, weeks } = baseline;
  const offsets = new Set([
    ...Array.from({ length: days }, (_, index) => (index + 1) * DAY),
    ...Array.from({ length: weeks }, (_, index) => (index + 1) * WEEK),
  ]);
  return [
    { start: now - lookbackSeconds, end: now - excludeSeconds, stepSeconds },
    ...[...offsets].map((offset) => {
      const middle = now - offset;
      return { start: middle - HOUR / 2, end: middle + HOUR / 2, stepSeconds };
    }),
  ];
}

/** The moments of a range at which it is evaluated. */
export function momentsOf({ start, end, stepSeconds }: TimeRange): number[] {
  const count = Math.floor((end - start) / stepSeconds) + 1;
  return Array.from({ length: count }, (_, index) => start + index * stepSeconds);
}

/**
 * At most `most` moments of all ranges together, for a source that has to be asked for each: evenly thinned, so that
 * every range keeps its share. Newest first.
 */
export function thinnedMoments(ranges: readonly TimeRange[], most: number): number[] {
  const all = ranges.flatMap(momentsOf).toSorted((one, other) => other - one);
  if (all.length <= most) return all;
  return Array.from({ length: most }, (_, index) => all[Math.floor((index * all.length) / most)] ?? 0);
}
