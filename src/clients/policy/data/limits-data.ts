import { z } from 'zod';
import { budgetClauseSchema } from '../../../domain/plan/budget-clause.ts';
import { guardsClauseSchema } from '../../../domain/plan/guards-clause.ts';
import { planTermsSchema } from '../../../domain/plan/plan.ts';
import { loosened } from './loosened.ts';
import { preconditionsByActionSchema } from './precondition-data.ts';
import { scaleSettingsSchema } from './scale-settings.ts';

/** What a namespace may have differently. */
export const boundsSchema = z.strictObject({
  maxReplicas: z.number().int().min(1).describe('more replicas than this are never asked for'),
  step: scaleSettingsSchema.describe('what a rule that knows no service adds'),
  guards: guardsClauseSchema.describe('what the guards around a target are told'),
  preconditions: preconditionsByActionSchema
    .optional()
    .describe('what has to be so before an action is taken, by its name'),
  gitOps: planTermsSchema.shape.gitOps.unwrap().describe('what is done to objects that Argo CD or Flux apply'),
  budget: budgetClauseSchema
    .nullable()
    .describe('the budget of every plan that names none; null: no money is asked for'),
});

/** What no rule may go past, whatever it says. */
export const limitsSchema = boundsSchema.extend({
  withoutBudget: z.record(z.string(), z.string().min(1)).describe('why a rule or service may act without a budget'),
  namespaces: z.record(z.string(), loosened(boundsSchema)).describe('what differs in a namespace'),
});
