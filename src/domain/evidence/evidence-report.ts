import { UnknownReason } from '../verification/measurement.ts';

/** Why a signal says nothing: it then counts as not abnormal, with its full weight. */
export const EvidenceGap = {
  ...UnknownReason,
  /** The settings have no such source. */
  NotConfigured: 'not_configured',
  /** Too few known values in the past to say what is usual. */
  FewSamples: 'few_samples',
  /** The past never changes, and the plan does not say by `minChange` what change would count. */
  ConstantBaseline: 'constant_baseline',
} as const;
export type EvidenceGap = (typeof EvidenceGap)[keyof typeof EvidenceGap];

/** What a source knows of one signal: the value of now and those of the past, or why not. */
export interface SignalReading {
  readonly value: number | EvidenceGap;
  readonly past: readonly number[] | EvidenceGap;
}

/** One signal as it was judged. Plain JSON: it is kept in history. */
export interface SignalScore {
  readonly name: string;
  readonly unit: string;
  /** The value of now; null where it is unknown. */
  readonly value: number | null;
  /** What is usual, and how much it varies; null where there is no baseline. */
  readonly median: number | null;
  readonly mad: number | null;
  /** Robust standard deviations from the median, positive on the abnormal side; null where it cannot be said. */
  readonly deviations: number | null;
  /** 0: as usual, or nothing is known; 1: fully abnormal. */
  readonly score: number;
  readonly weight: number;
  /** Known values of the past behind it. */
  readonly samples: number;
  /** Why the score is 0 for want of knowledge. */
  readonly reason?: EvidenceGap;
}

/** What was measured before an act, and the confidence it adds up to. Plain JSON of at most ten signals. */
export interface EvidenceReport {
  /** 0..1: the mean of the scores by weight. */
  readonly confidence: number;
  /** What the plan wants. */
  readonly threshold: number;
  /** Whether the confidence reaches the threshold. */
  readonly enough: boolean;
  /** One sentence for people. */
  readonly summary: string;
  readonly signals: readonly SignalScore[];
}
