import { z } from 'zod';
import { querySchema, seconds, whenEmptySchema } from './query.ts';

/**
 * A change with an end: when the alert has resolved and the measured load, with headroom, fits less than the act set, the
 * target goes back towards its baseline in steps. Each step is verified; one that hurts is taken back.
 */
export const leaseClauseSchema = z
  .strictObject({
    /** Values of the number that is moved, below and above which the lease never goes; absent: the baseline, and what the act set. */
    min: z.number().int().min(0).max(10_000).optional(),
    max: z.number().int().min(1).max(10_000).optional(),
    /** Spare capacity to keep: 0.3 wants room for 30 % more than the load measured. */
    headroom: z.number().min(0).max(10).default(0.3),
    /** The load on all units together, in any unit that adds up: requests a second, CPU cores used. */
    load: z.strictObject({
      name: z.string().min(1).max(120),
      query: querySchema,
      whenEmpty: whenEmptySchema.default('unknown'),
      unit: z.string().max(16).default(''),
    }),
    /** What one unit carries within the objective; absent: the most that one was seen to carry in the proof. */
    capacityPerUnit: z.number().positive().optional(),
    /** Units taken away in one step at most. */
    step: z.number().int().min(1).max(1000).default(1),
    /** Seconds between looks at the load. */
    checkSeconds: seconds(86_400).default(60),
    /** Seconds after which the lease is given up and a human is told; the change then stays. */
    maxSeconds: seconds(7 * 86_400).default(86_400),
  })
  .refine(({ min, max }) => min === undefined || max === undefined || min <= max, {
    message: 'min must not be above max',
  });
export type LeaseClause = z.infer<typeof leaseClauseSchema>;

/** A change for a while: it is given back when its time is over, later while the alert fires, and at every other end. */
export const timedLeaseSchema = z.strictObject({
  /** Seconds from the act after which it is given back, if the alert has resolved by then. */
  forSeconds: seconds(7 * 86_400).default(900),
  /** Seconds from the act after which it is given back although the alert fires. */
  maxSeconds: seconds(7 * 86_400).default(14_400),
});
export type TimedLease = z.infer<typeof timedLeaseSchema>;
