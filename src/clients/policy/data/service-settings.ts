import { z } from 'zod';
import { approvalClauseSchema } from '../../../domain/plan/approval-clause.ts';
import { budgetClauseSchema } from '../../../domain/plan/budget-clause.ts';
import { evidenceClauseSchema, evidenceSignalSchema } from '../../../domain/plan/evidence-clause.ts';
import { guardsClauseSchema } from '../../../domain/plan/guards-clause.ts';
import { leaseClauseSchema, timedLeaseSchema } from '../../../domain/plan/lease-clause.ts';
import { preludeClauseSchema } from '../../../domain/plan/prelude-clause.ts';
import { planTermsSchema } from '../../../domain/plan/plan.ts';
import { preconditionsSchema } from '../../../domain/precondition/precondition.ts';
import { objectiveSchema } from '../../../domain/plan/verification-clause.ts';
import { targetSchema } from '../../../domain/target/target.ts';
import { metricsSchema, planDefaultsSchema } from './defaults-data.ts';
import { scaleSettingsSchema } from './scale-settings.ts';

/** A signal in full, or one that is known by the name in `use` and what differs from it. */
const signalSchema = z
  .strictObject({
    ...evidenceSignalSchema.partial().shape,
    use: z.enum(['traffic', 'errors', 'latency', 'throttling']).optional(),
  })
  .refine(({ use, name, source }) => use !== undefined || (name !== undefined && source !== undefined), {
    message: 'must have `use` (traffic, errors, latency or throttling), or a name and a source',
  });

/**
 * What is to be done for a service, or by a rule, and on what terms. null is as good as absent, and takes back in
 * `overrides` what was there.
 */
export const settingsSchema = z.strictObject({
  target: targetSchema.optional().describe('the workload that is acted on'),
  scale: scaleSettingsSchema.nullish().describe('how much to scale; absent: never scaled'),
  budget: budgetClauseSchema.nullish().describe('the money that a change must fit into; absent: limits.budget'),
  neighbours: z.array(z.string().min(1)).max(20).nullish().describe('services whose latency must not get worse'),
  evidence: z
    .strictObject({ threshold: evidenceClauseSchema.shape.threshold, signals: z.array(signalSchema).min(1).max(10) })
    .nullish()
    .describe('what must look abnormal before anything is done'),
  lease: z
    .strictObject({ ...leaseClauseSchema.shape, load: leaseClauseSchema.shape.load.optional() })
    .nullish()
    .describe('the change ends by itself once the load fits fewer replicas again'),
  timedLease: timedLeaseSchema
    .partial()
    .nullish()
    .describe('the change ends by itself when its time is over, and at every other end'),
  prelude: preludeClauseSchema
    .nullish()
    .describe('what comes before the change and makes room for it, where it is needed; given back by itself'),
  approval: approvalClauseSchema.nullish().describe('humans who have to say yes, whatever the mode'),
  gitOps: planTermsSchema.shape.gitOps
    .unwrap()
    .optional()
    .describe('what is done if Argo CD or Flux apply it; absent: limits.gitOps'),
  guards: guardsClauseSchema.optional().describe('what differs from limits.guards'),
  danger: planTermsSchema.shape.danger.describe('what it can make worse, for the human who is asked'),
  preconditions: preconditionsSchema.nullish().describe('what has to be so before anything is done'),
  objective: objectiveSchema.nullish().describe("what proves the cure; absent: the service's SLO"),
  runbook: planTermsSchema.shape.runbookUrl.nullable().describe('where a human finds more'),
  defaults: planDefaultsSchema.partial().optional().describe('what differs from defaults, here alone'),
  metrics: metricsSchema.partial().optional().describe('what differs from defaults.metrics, here alone'),
});

/** How a cure is proven on one Pod, where no service is known. */
const proofSchema = z.strictObject({
  measure: z.enum(['throttled_seconds', 'throttled_periods', 'cpu_of_limit']),
  threshold: z.number(),
});

export const serviceSchema = settingsSchema.required({ target: true }).superRefine(({ target }, context) => {
  if (target.namespace !== '' || target.kind === 'Node') return;
  const message = `is missing: a ${target.kind} is in one`;
  context.addIssue({ code: 'custom', path: ['target', 'namespace'], message });
});

/** What a rule that is about no single service does, or an entry of the catalogue. */
export const ruleSettingsSchema = settingsSchema.extend({
  proof: proofSchema.nullish().describe('what proves the cure on one Pod'),
});

/** The numbers of a rule; those that only the rule itself knows stand below `own`. */
export const parametersSchema = ruleSettingsSchema.extend({
  own: z.record(z.string(), z.unknown()).optional().describe("what only the rule's own Rego reads"),
});
