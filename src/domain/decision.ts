import { z } from 'zod';
import { planSchema, type Plan } from './plan.ts';

/**
 * What policy answers at `data.mendloop.decision`. Anything else is an error that is counted, logged and escalated,
 * never acted on.
 *
 * - `plan`: do this.
 * - `observe`: this is what would be done; do nothing, leave the record.
 * - `reject`: no rule wants this alert acted on, and why.
 */
export const policyAnswerSchema = z.discriminatedUnion('verdict', [
  z.strictObject({ verdict: z.literal('plan'), rule: z.string().min(1).max(200), plan: planSchema }),
  z.strictObject({ verdict: z.literal('observe'), rule: z.string().min(1).max(200), plan: planSchema }),
  z.strictObject({
    verdict: z.literal('reject'),
    rule: z.string().max(200).default(''),
    reason: z.string().min(1).max(1000),
  }),
]);
export type PolicyAnswer = z.infer<typeof policyAnswerSchema>;

/** A policy answer together with the revision of the bundle that gave it: what the workflow's history keeps. */
export type Decision = PolicyAnswer & { readonly policyRevision: string };

export type PlannedDecision = Extract<Decision, { plan: Plan }>;
