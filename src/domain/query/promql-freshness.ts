import type { SeriesSelector } from './promql.ts';

/** Label of the probe's series: the selector's index, or `now`. */
const LABEL = 'selector';
const NOW = 'now';

/** What a probe found, in seconds by Prometheus's clock. */
export interface Freshness {
  /** Time of the evaluation. */
  readonly at: number;
  /**
   * For each selector the time of a newest raw sample; undefined where no series lives. Among the series of an instant
   * selector the oldest counts, because each contributes its newest sample; of a range, the newest.
   */
  readonly newest: readonly (number | undefined)[];
}

/** An expression that asks for {@link Freshness} in one query. Its answer is read by {@link readFreshness}. */
export function freshnessProbe(selectors: readonly SeriesSelector[]): string {
  const name = (expr: string, label: string) => `label_replace(${expr}, "${LABEL}", "${label}", "", "")`;
  // The time in a series of its own, so that there is an answer even if no selector has a living series.
  return [
    name('vector(time())', NOW),
    ...selectors.map(({ text, instant }, index) =>
      name(`${instant ? 'min' : 'max'}(timestamp(${text}))`, String(index)),
    ),
  ].join(' or ');
}

/** Undefined if the answer is not that of a probe. */
export function readFreshness(
  series: readonly { metric: Readonly<Record<string, string>>; value?: { at: number; value: number } | undefined }[],
  selectors: readonly SeriesSelector[],
): Freshness | undefined {
  const byLabel = new Map(series.map(({ metric, value }) => [metric[LABEL], value]));
  const at = byLabel.get(NOW)?.at;
  if (at === undefined) return undefined;
  return { at, newest: selectors.map((_, index) => byLabel.get(String(index))?.value) };
}

/** Whether every selector has a living series, and a newest raw sample that is not older than `maxAgeSeconds`. */
export function isFresh({ at, newest }: Freshness, maxAgeSeconds: number): boolean {
  return newest.every((time) => time !== undefined && at - time <= maxAgeSeconds);
}

/**
 * The oldest moment, in seconds by Prometheus's clock, that a value of these selectors may tell of. A plain selector
 * tells of its newest raw sample. One that is evaluated in the past, by an offset or a subquery, saw samples there whose
 * age is not known now: they are taken to be as old as is still fresh.
 */
export function reachesBackTo(
  selectors: readonly SeriesSelector[],
  { at, newest }: Freshness,
  maxAgeSeconds: number,
): number {
  const moments = selectors.map(({ backSeconds, instant }, index) => {
    if (!instant) return at - backSeconds;
    const sampled = newest[index] ?? -Infinity;
    return backSeconds === 0 ? sampled : Math.min(sampled, at - backSeconds - maxAgeSeconds);
  });
  return Math.min(...moments);
}
