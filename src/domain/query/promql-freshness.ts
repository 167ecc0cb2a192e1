import type { QueryAnalysis, SeriesSelector } from './promql.ts';
import { dispensableOf, type SeriesState, seriesOf, stateOf } from './promql-presence.ts';

/** Label of the probe's series: the selector's index, `now`, or `window` and the index. */
const LABEL = 'selector';
const NOW = 'now';
/** Label, and its value, of what the expression itself gives. */
const VALUE = 'mendloop_value';
const windowOf = (index: number) => `window ${index}`;

/**
 * Seconds for which Prometheus takes the newest sample of a series for its present value, by default. Such long before a
 * moment of the past may lie the sample that was seen there.
 */
const LOOKBACK_SECONDS = 300;

type Probed = Pick<QueryAnalysis, 'selectors' | 'presence'>;

export interface ProbeOptions {
  /** Whether the whole may have no value, as where nothing means zero. */
  readonly mayBeEmpty?: boolean;
}

/** What a probe found, in seconds by Prometheus's clock. */
export interface Freshness {
  /** Time of the evaluation. */
  readonly at: number;
  /**
   * For each selector the time of a newest raw sample; undefined where no series lives. Among the series of an instant
   * selector the oldest counts, because each contributes its newest sample; of a range, the newest.
   */
  readonly newest: readonly (number | undefined)[];
  /** Selectors of which what the expression looks back at still holds samples; asked of those that may be gone. */
  readonly remembered: ReadonlySet<number>;
}

/** An expression that asks for {@link Freshness} in one query. Its answer is read by {@link readFreshness}. */
export function freshnessProbe({ selectors, presence }: Probed, { mayBeEmpty = false }: ProbeOptions = {}): string {
  const name = (expr: string, label: string) => `label_replace(${expr}, "${LABEL}", "${label}", "", "")`;
  const mayBeGone = mayBeEmpty ? seriesOf(presence) : dispensableOf(presence);
  // The time in a series of its own, so that there is an answer even if no selector has a living series.
  return [
    name('vector(time())', NOW),
    ...selectors.map(({ text, instant }, index) =>
      name(`${instant ? 'min' : 'max'}(timestamp(${text}))`, String(index)),
    ),
    ...selectors.flatMap(({ text, ...selector }, index) => {
      const seconds = rememberedSeconds(selector);
      if (seconds === 0 || !mayBeGone.has(index)) return [];
      return [name(`max(present_over_time(${text}[${Math.ceil(seconds * 1000)}ms]))`, windowOf(index))];
    }),
  ].join(' or ');
}

/** How long a series that has gone can still be behind a value, in seconds. */
function rememberedSeconds({ backSeconds, instant }: Pick<SeriesSelector, 'backSeconds' | 'instant'>): number {
  return instant && backSeconds > 0 ? backSeconds + LOOKBACK_SECONDS : backSeconds;
}

/**
 * The probe and the expression itself in one query, both at the same moment; the probe first, as PromQL evaluates. An
 * expression that gives no vector makes it invalid.
 */
export function probeWithValue(probe: string, expr: string): string {
  // Lines of its own, because an expression may end in a comment.
  return `${probe} or label_replace(\n${expr}\n, "${VALUE}", "${VALUE}", "", "")`;
}

interface ProbedSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: { at: number; value: number } | undefined;
}

/** The series of a probe, and those of the expression, out of an answer to {@link probeWithValue}. */
export function splitProbed<Series extends ProbedSeries>(series: readonly Series[]) {
  const isValue = ({ metric }: Series) => metric[VALUE] === VALUE;
  return { probe: series.filter((one) => !isValue(one)), values: series.filter(isValue) };
}

/** Undefined if the answer is not that of a probe. */
export function readFreshness(
  series: readonly ProbedSeries[],
  selectors: readonly SeriesSelector[],
): Freshness | undefined {
  const byLabel = new Map(series.map(({ metric, value }) => [metric[LABEL], value]));
  const at = byLabel.get(NOW)?.at;
  if (at === undefined) return undefined;
  return {
    at,
    newest: selectors.map((_, index) => byLabel.get(String(index))?.value),
    remembered: new Set(selectors.flatMap((_, index) => (byLabel.has(windowOf(index)) ? [index] : []))),
  };
}

/**
 * Whether what an expression rests on exists now and is fresh: `stale` if a living series has no raw sample within
 * `maxAgeSeconds`, or one that may be gone is in a window still; `gone` if series are missing without which there is no
 * value.
 */
export function freshnessOf(
  { presence }: Pick<QueryAnalysis, 'presence'>,
  freshness: Freshness,
  maxAgeSeconds: number,
): SeriesState {
  return stateOf(presence, (index) => seriesState(freshness, index, maxAgeSeconds));
}

function seriesState({ at, newest, remembered }: Freshness, index: number, maxAgeSeconds: number): SeriesState {
  const time = newest[index];
  if (time !== undefined) return at - time <= maxAgeSeconds ? 'fresh' : 'stale';
  return remembered.has(index) ? 'stale' : 'gone';
}

/**
 * The oldest moment, in seconds by Prometheus's clock, that a value of these selectors may tell of. A plain selector
 * tells of its newest raw sample. One that is evaluated in the past, by an offset or a subquery, saw samples there whose
 * age is not known now: they are taken to be as old as is still fresh. That a series has gone was seen when the newest of
 * the others was taken; with no others, at a time that is taken to be as long ago as is still fresh.
 */
export function reachesBackTo(
  selectors: readonly SeriesSelector[],
  { at, newest }: Pick<Freshness, 'at' | 'newest'>,
  maxAgeSeconds: number,
): number {
  const living = newest.filter((time) => time !== undefined);
  const looked = living.length === 0 ? at - maxAgeSeconds : Math.max(...living);
  const moments = selectors.map(({ backSeconds, instant }, index) => {
    if (!instant) return at - backSeconds;
    const sampled = newest[index] ?? looked;
    return backSeconds === 0 ? sampled : Math.min(sampled, at - backSeconds - maxAgeSeconds);
  });
  return Math.min(...moments);
}

/** For people: the selectors that have no series, or only old ones, of which a value needs some. */
export function describeFreshness(
  { selectors, presence }: Probed,
  freshness: Freshness,
  maxAgeSeconds: number,
): string | undefined {
  const dispensable = dispensableOf(presence);
  const faults = selectors.flatMap(({ text }, index): { text: string; isMinor?: boolean }[] => {
    const time = freshness.newest[index];
    const state = seriesState(freshness, index, maxAgeSeconds);
    if (state === 'fresh') return [];
    if (time !== undefined) return [{ text: `newest sample of ${text} is ${Math.round(freshness.at - time)} s old` }];
    if (state === 'stale') return [{ text: `no series ${text} any more, and a window still holds it` }];
    return [{ text: `no series ${text}`, isMinor: dispensable.has(index) }];
  });
  const serious = faults.filter(({ isMinor }) => isMinor !== true);
  const told = (serious.length > 0 ? serious : faults).map(({ text }) => text);
  return told.length === 0 ? undefined : told.join('; ');
}
