import { z } from 'zod';
import { querySchema, seconds, whenEmptySchema } from './query.ts';

/** Values in one answer; Prometheus refuses a range of more than 11,000 steps. */
const MAX_POINTS = 10_000;

const HOUR = 3600;

/** Where a signal is read. Every source gives one number for now, and numbers for the past. */
const sourceSchema = z.discriminatedUnion('kind', [
  /** PromQL that gives one series. */
  z.strictObject({
    kind: z.literal('prometheus'),
    query: querySchema,
    whenEmpty: whenEmptySchema.default('unknown'),
    /** Oldest age, in seconds, of the newest raw sample behind the value of now. */
    maxAgeSeconds: seconds(3600).default(60),
  }),
  /** LogQL metric query that gives one series: `sum(rate({service=$service} |= "timeout" [1m]))`. */
  z.strictObject({
    kind: z.literal('loki'),
    query: querySchema,
    /** LogQL has no result where no line matches: a healthy hour of a count of errors has no values at all. */
    whenEmpty: whenEmptySchema.default('unknown'),
  }),
  /** Traces of one service in Jaeger's store. */
  z.strictObject({
    kind: z.literal('jaeger'),
    service: z.string().min(1).max(256),
    operation: z.string().max(256).optional(),
    /**
     * `error_ratio`: traces in which a span of the service is erroneous, 0..1; `p95_seconds`: of the spans by which the
     * service was entered, or of those of the operation.
     */
    measure: z.enum(['error_ratio', 'p95_seconds']),
    /** Seconds of traces behind one number. */
    windowSeconds: seconds(86_400).default(60),
  }),
]);
export type SignalSource = z.infer<typeof sourceSchema>;

export const evidenceSignalSchema = z.strictObject({
  name: z.string().min(1).max(120),
  source: sourceSchema,
  /** The side on which the signal is abnormal when something is wrong. */
  abnormal: z.enum(['higher', 'lower']).default('higher'),
  /** How much it counts beside the others. */
  weight: z.number().positive().max(100).default(1),
  /** What is normal: the median and the median absolute deviation (MAD) of past values of the same signal. */
  baseline: z
    .strictObject({
      /** Seconds of recent past, up to `excludeSeconds` ago. */
      lookbackSeconds: seconds(30 * 86_400).default(3600),
      /** Seconds just before now that are left out, because what went wrong is in them already. */
      excludeSeconds: z.number().nonnegative().max(86_400).default(300),
      stepSeconds: seconds(86_400).default(60),
      /** The same hour on so many past days, and on the same weekday of so many past weeks. */
      days: z.number().int().min(0).max(14).default(0),
      weeks: z.number().int().min(0).max(8).default(0),
      /** Fewer known values than this are no baseline. */
      minSamples: z.number().int().min(3).max(MAX_POINTS).default(10),
    })
    .refine(({ lookbackSeconds, excludeSeconds }) => excludeSeconds < lookbackSeconds, {
      message: 'excludeSeconds must be less than lookbackSeconds',
    })
    .refine(({ lookbackSeconds, stepSeconds }) => Math.max(lookbackSeconds, HOUR) / stepSeconds <= MAX_POINTS, {
      message: `stepSeconds is too small: the lookback, or an hour, would have more than ${MAX_POINTS} values`,
    })
    .prefault({}),
  /** Deviations, in robust standard deviations (1.4826 MAD), at which the signal starts to count and counts fully. */
  deviations: z
    .strictObject({ from: z.number().nonnegative().default(2), full: z.number().positive().default(6) })
    .refine(({ from, full }) => full > from, { message: 'full must be more than from' })
    .prefault({}),
  /** Smallest change in the signal's own unit that can count, whatever the MAD says. */
  minChange: z.number().nonnegative().default(0),
  unit: z.string().max(16).default(''),
});
export type EvidenceSignal = z.infer<typeof evidenceSignalSchema>;

/** Measurements that policy wants before anything is done, and the confidence they must add up to. */
export const evidenceClauseSchema = z.strictObject({
  signals: z.array(evidenceSignalSchema).min(1).max(10),
  /** Confidence in 0..1 below which the remediation ends as `observed`. */
  threshold: z.number().min(0).max(1),
});
export type EvidenceClause = z.infer<typeof evidenceClauseSchema>;
