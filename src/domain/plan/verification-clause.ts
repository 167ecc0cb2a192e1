import { z } from 'zod';
import { objectConditionSchema } from './object-condition.ts';
import { probeSchema } from './probe-clause.ts';
import { querySchema, seconds, whenEmptySchema } from './query.ts';

const comparisonSchema = z.enum(['<', '<=', '>', '>=']);
export type Comparison = z.infer<typeof comparisonSchema>;

/** What must hold for the remediation to count as a cure. */
export const objectiveSchema = z.strictObject({
  /** Short name for people: `p95 latency`. */
  name: z.string().min(1).max(120),
  query: querySchema,
  whenEmpty: whenEmptySchema.default('unknown'),
  comparison: comparisonSchema,
  threshold: z.number(),
  /** Unit of the measured value for display: `s`, `ratio`, `req/s`. */
  unit: z.string().max(16).default(''),
});
export type Objective = z.infer<typeof objectiveSchema>;

/** A signal of another service that must not get worse while we help the target. */
export const neighbourSchema = z.strictObject({
  name: z.string().min(1).max(120),
  query: querySchema,
  whenEmpty: whenEmptySchema.default('unknown'),
  /** `lower` for latencies and error rates, `higher` for throughput. */
  better: z.enum(['lower', 'higher']).default('lower'),
  /** How much worse than its own baseline counts as contention: 0.5 is half as much again. */
  tolerance: z.number().positive().max(100).default(0.5),
  /** Change in the signal's own unit below which it is noise, whatever the ratio says. */
  minChange: z.number().nonnegative().default(0),
  unit: z.string().max(16).default(''),
});
export type Neighbour = z.infer<typeof neighbourSchema>;

/**
 * What proves the cure: all that is named must hold. A plan that names no objective, condition or probe is proven by what
 * its action says of itself.
 */
export const verificationSchema = z.strictObject({
  objective: objectiveSchema.optional(),
  conditions: z.array(objectConditionSchema).max(20).default([]),
  probes: z.array(probeSchema).max(10).default([]),
  neighbours: z.array(neighbourSchema).max(20).default([]),
  /** Good samples in a row that prove the cure; as many bad neighbour samples in a row prove contention. */
  consecutive: z.number().int().min(1).max(100).default(3),
  /** Seconds between samples. */
  intervalSeconds: seconds(300).default(5),
  /** Seconds from readiness until an unproven cure is given up. */
  deadlineSeconds: seconds(86_400).default(300),
  /** Oldest age, in seconds, of the newest raw sample behind a value that still counts. */
  maxAgeSeconds: seconds(3600).default(30),
  /** What to do with the change when the deadline passes and the signal could not be judged. Both escalate. */
  onInconclusive: z.enum(['compensate', 'keep']).default('compensate'),
});
export type Verification = z.infer<typeof verificationSchema>;
