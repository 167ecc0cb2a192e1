import { z } from 'zod';
import { targetSchema } from './target.ts';

/** Whole seconds within a bound, so that a typing error in policy cannot hold a target for a year. */
const seconds = (max: number) => z.number().positive().max(max);

/**
 * A PromQL expression with named variables. `$name` in `expr` is replaced by the variable as a quoted and escaped
 * string literal; a `{ prefix }` variable becomes a regular expression that matches that literal prefix. A value is
 * never pasted into the expression.
 */
export const querySchema = z.strictObject({
  expr: z.string().min(1).max(4096),
  vars: z
    .record(
      z.string().regex(/^[a-z_][a-z0-9_]*$/),
      z.union([z.string().max(1024), z.strictObject({ prefix: z.string().min(1).max(1024) })]),
    )
    .default({}),
});
export type Query = z.infer<typeof querySchema>;

export const comparisonSchema = z.enum(['<', '<=', '>', '>=']);
export type Comparison = z.infer<typeof comparisonSchema>;

/** What must hold for the remediation to count as a cure. */
export const objectiveSchema = z.strictObject({
  /** Short name for people: `p95 latency`. */
  name: z.string().min(1).max(120),
  query: querySchema,
  comparison: comparisonSchema,
  threshold: z.number(),
  /** Unit of the measured value for display: `s`, `ratio`, `req/s`. */
  unit: z.string().max(16).default(''),
});
export type Objective = z.infer<typeof objectiveSchema>;

/** A signal of somebody else that must not get worse while we help the target. */
export const neighbourSchema = z.strictObject({
  name: z.string().min(1).max(120),
  query: querySchema,
  /** `lower` for latencies and error rates, `higher` for throughput. */
  better: z.enum(['lower', 'higher']).default('lower'),
  /** How much worse than its own baseline counts as contention: 0.5 is half as much again. */
  tolerance: z.number().positive().max(100).default(0.5),
  /** Change in the signal's own unit below which it is noise, whatever the ratio says. */
  minChange: z.number().nonnegative().default(0),
  unit: z.string().max(16).default(''),
});
export type Neighbour = z.infer<typeof neighbourSchema>;

export const verificationSchema = z.strictObject({
  objective: objectiveSchema,
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

const scaleParametersSchema = z.strictObject({
  replicas: z.number().int().min(0).max(10_000),
  /** Unless set, a target that already has more replicas keeps them: an alert must not take capacity away. */
  allowDecrease: z.boolean().default(false),
});

export const budgetClauseSchema = z.strictObject({
  /** Name of a budget in the configuration. */
  name: z.string().min(1).max(120).default('default'),
  /** Hours for which the change is expected to cost money; capped at the rest of a day by the arithmetic. */
  expectedHours: z.number().positive().max(24).default(24),
});
export type BudgetClause = z.infer<typeof budgetClauseSchema>;

/**
 * What policy wants done. Every time, threshold and limit a workflow uses comes from here, never from a constant in
 * workflow code.
 */
export const planSchema = z.strictObject({
  action: z.literal('scale'),
  target: targetSchema,
  parameters: scaleParametersSchema,
  verification: verificationSchema,
  /** Absent: the change needs no budget check. */
  budget: budgetClauseSchema.optional(),
  /** Seconds until the target must be ready after the act. */
  readyDeadlineSeconds: seconds(3600).default(300),
  /** Seconds to stay open after the cure for the alert to resolve. */
  watchSeconds: seconds(7 * 86_400).default(3600),
  runbookUrl: z.string().max(2048).optional(),
});
export type Plan = z.infer<typeof planSchema>;
export type ScaleParameters = Plan['parameters'];
