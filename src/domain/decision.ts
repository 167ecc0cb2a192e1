import { z } from 'zod';
import { Mode } from './decision/mode.ts';
import { planSchema } from './plan/plan.ts';

const rule = z.string().min(1).max(200);

/** Plans of a ladder after the first. */
const MAX_FURTHER = 4;

const plans = {
  /** What is done; of a ladder, what is tried first. */
  plan: planSchema,
  /** What is tried after it, each when the one before did not cure. Policy may give all of them as `plans` instead. */
  further: z.array(planSchema).max(MAX_FURTHER).exactOptional(),
};

/** `plans`, a list, says the same as `plan` and `further`. */
function withoutList(answer: unknown): unknown {
  if (typeof answer !== 'object' || answer === null || !('plans' in answer) || 'plan' in answer) return answer;
  const { plans: given, ...rest } = answer;
  if (!Array.isArray(given) || given.length === 0) return answer;
  const [plan, ...further] = given as readonly unknown[];
  return { ...rest, plan, ...(further.length === 0 ? {} : { further }) };
}

/**
 * What policy answers at `data.mendloop.decision`. Anything else is an error that is counted, logged and escalated,
 * never acted on.
 *
 * - `plan`: do this, or these one after the other, as far as the mode allows. `mode` is the furthest that policy itself allows; flags may say less.
 * - `observe`: this is what would be done; do nothing, leave the record.
 * - `human`: known, and not for a machine: the on-call is told what policy knows about it.
 * - `reject`: no rule wants this alert acted on, and why.
 */
export const policyAnswerSchema = z.preprocess(
  withoutList,
  z.discriminatedUnion('verdict', [
    z.strictObject({ verdict: z.literal('plan'), rule, ...plans, mode: z.enum(Mode).default(Mode.Auto) }),
    z.strictObject({ verdict: z.literal('observe'), rule, ...plans }),
    z.strictObject({
      verdict: z.literal('human'),
      rule,
      reason: z.string().min(1).max(1000),
      runbookUrl: z.string().max(2048).optional(),
    }),
    z.strictObject({
      verdict: z.literal('reject'),
      rule: z.string().max(200).default(''),
      reason: z.string().min(1).max(1000),
    }),
  ]),
);
export type PolicyAnswer = z.infer<typeof policyAnswerSchema>;

/** A policy answer together with the revision of the bundle that gave it: what the workflow's history keeps. */
export type Decision = PolicyAnswer & {
  readonly policyRevision: string;
  /** What the decision log of an OPA server calls it; absent without such a log. */
  readonly decisionId?: string;
  /** The mode that holds for a plan, from policy and flags together, and where it came from. */
  readonly effectiveMode?: { readonly mode: Mode; readonly source: string };
  /** The settings ask that the page is held back while Mendloop acts by itself. */
  readonly holdsPage?: boolean;
};

/** A decision with something to do. */
export type PlannedDecision = Extract<Decision, { verdict: 'plan' | 'observe' }>;

/** What was decided, apart from the plan. */
export type DecisionWords =
  Omit<Extract<Decision, { verdict: 'plan' }>, 'plan'> | Omit<Extract<Decision, { verdict: 'observe' }>, 'plan'>;
