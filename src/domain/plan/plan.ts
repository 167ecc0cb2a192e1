import { z } from 'zod';
import { targetSchema } from '../target/target.ts';
import { approvalClauseSchema } from './approval-clause.ts';
import { budgetClauseSchema } from './budget-clause.ts';
import { evidenceClauseSchema } from './evidence-clause.ts';
import { guardsClauseSchema } from './guards-clause.ts';
import { leaseClauseSchema } from './lease-clause.ts';
import { seconds } from './query.ts';
import { verificationSchema } from './verification-clause.ts';

const replicas = z.number().int().min(0).max(10_000);

/** So many replicas: for rules that know the service. */
const absoluteScaleSchema = z.strictObject({
  replicas,
  /** Unless set, a target that already has more replicas keeps them: an alert must not take capacity away. */
  allowDecrease: z.boolean().default(false),
});

/** More than there are now, up to `max`: for rules that know a kind of trouble, not one service. */
const stepSchema = z.strictObject({ add: z.number().int().min(1).max(1000), max: replicas.min(1) });
const growthSchema = z.strictObject({ factor: z.number().gt(1).max(10), max: replicas.min(1) });

const scaleParametersSchema = z.union([absoluteScaleSchema, stepSchema, growthSchema], {
  error: 'must be {replicas, allowDecrease?}, {add, max} or {factor, max}',
});

/**
 * What policy wants done. Every time, threshold and limit a workflow uses comes from here, never from a constant in
 * workflow code.
 */
export const planSchema = z.strictObject({
  action: z.literal('scale'),
  target: targetSchema,
  parameters: scaleParametersSchema,
  verification: verificationSchema,
  /** Absent: nothing has to be measured before the act. */
  evidence: evidenceClauseSchema.optional(),
  guards: guardsClauseSchema.prefault({}),
  /** Absent: a human is asked only where the mode says so. */
  approval: approvalClauseSchema.optional(),
  /** Absent: the change needs no budget check. */
  budget: budgetClauseSchema.optional(),
  /** Absent: the change stays. */
  lease: leaseClauseSchema.optional(),
  /** Seconds until the target must be ready after the act. */
  readyDeadlineSeconds: seconds(3600).default(300),
  /** Seconds to stay open after the cure for the alert to resolve. */
  watchSeconds: seconds(7 * 86_400).default(3600),
  runbookUrl: z.string().max(2048).optional(),
});
export type Plan = z.infer<typeof planSchema>;
export type ScaleParameters = Plan['parameters'];
