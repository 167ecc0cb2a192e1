import { z } from 'zod';

export const budgetClauseSchema = z.strictObject({
  /** Name of a budget in the settings. */
  name: z.string().min(1).max(120).default('default'),
  /** Hours for which the change is expected to cost money; capped at the rest of a day by the arithmetic. */
  expectedHours: z.number().positive().max(24).default(24),
  /**
   * What a cost source that is down means: a human decides, or a change is allowed that costs at most so much by the
   * price table of the settings.
   */
  whenUnknown: z
    .union([z.literal('escalate'), z.strictObject({ allowUpTo: z.number().nonnegative() })])
    .default('escalate'),
});
export type BudgetClause = z.infer<typeof budgetClauseSchema>;
