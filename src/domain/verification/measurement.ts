import type { FailureType } from '../failures.ts';
import type { CheckLook } from './check.ts';

/**
 * One look at one signal. `unknown` covers all that cannot be judged: empty, NaN, infinite, stale, several series where
 * one was asked, wrong type, a range window that still reaches back before the act, or Prometheus being away.
 */
export type Sample =
  | { readonly at: number; readonly status: 'known'; readonly value: number }
  | {
      readonly at: number;
      readonly status: 'unknown';
      readonly reason: UnknownReason;
      /** For people, bounded: the series that is missing or old, or what the server said. */
      readonly detail?: string;
    };

export type UnknownSample = Extract<Sample, { status: 'unknown' }>;

export const UnknownReason = {
  Empty: 'empty',
  NotANumber: 'not_a_number',
  Infinite: 'infinite',
  Stale: 'stale',
  ManySeries: 'many_series',
  WrongType: 'wrong_type',
  WindowReachesBack: 'window_reaches_back',
  Unavailable: 'unavailable',
} as const;
export type UnknownReason = (typeof UnknownReason)[keyof typeof UnknownReason];

/** The signals as they were before the act. `at` is in seconds since the epoch, by Prometheus's clock. */
export interface Baseline {
  /** Absent where the plan has no objective. */
  readonly objective?: Sample;
  /** Conditions and probes in the order of the plan; absent where it has none. */
  readonly checks?: readonly CheckLook[];
  readonly neighbours: readonly { readonly name: string; readonly sample: Sample }[];
}

export type Verdict = 'good' | 'bad' | 'inconclusive';

/** What verification found; kept in history as the proof, or as what the on-call gets to see. */
export interface VerificationReport {
  readonly verdict: Verdict;
  /** Why the verdict is not good. */
  readonly failure?: Extract<
    FailureType,
    'VerificationFailed' | 'ContentionDetected' | 'VerificationInconclusive' | 'LeverMoved'
  >;
  /** One sentence for people. */
  readonly summary: string;
  /** Of the objective; absent where the plan has none. */
  readonly before?: Sample;
  readonly after?: Sample;
  /** Worst known value of the objective seen since the act, if any was known. */
  readonly worst?: number;
  readonly samplesTaken: number;
  /** The newest samples of the objective, oldest first, bounded. */
  readonly samples: readonly Sample[];
  readonly neighbours: readonly { readonly name: string; readonly before: Sample; readonly after: Sample }[];
  /** Conditions and probes; absent where the plan has none. */
  readonly checks?: readonly CheckReport[];
}

/** A condition or a probe, as it was before the act and at the end. */
export interface CheckReport {
  /** What it wants, for people. */
  readonly name: string;
  readonly before?: CheckLook;
  readonly after?: CheckLook;
}
