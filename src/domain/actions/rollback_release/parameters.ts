import { z } from 'zod';

export const rollbackParametersSchema = z.strictObject({
  /**
   * Number of the revision to go back to, as `kubectl rollout history` has it; absent: the newest that is of another release
   * than the present one, which may have been restarted since.
   */
  toRevision: z.number().int().min(1).optional(),
  /** Days after which a revision is too old to go back to: its world may be gone. */
  maxAgeDays: z.number().int().min(1).max(3650).default(30),
  /**
   * Label or annotation of the template that names the state of what it works on, as a database's schema. A revision with
   * another value is not gone back to: old code would meet a new schema.
   */
  migrationLabel: z.string().min(1).max(317).default('mendloop.dev/migration'),
});
export type RollbackParameters = z.infer<typeof rollbackParametersSchema>;

/** What the plan wants, for people. */
export function describeRollback({ toRevision, maxAgeDays }: RollbackParameters): string {
  const which = toRevision === undefined ? 'to the revision before' : `to revision ${toRevision}`;
  return `${which}, unless that is older than ${maxAgeDays} days`;
}
