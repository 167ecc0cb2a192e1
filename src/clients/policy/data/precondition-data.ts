import { z } from 'zod';
import { ACTIONS } from '../../../domain/actions/index.ts';
import {
  type Precondition,
  PRECONDITION_KINDS,
  preconditionsSchema,
} from '../../../domain/precondition/precondition.ts';
import { canSee } from '../../../domain/precondition/rules.ts';

/** The name of an action of the catalogue. */
export const actionNameSchema = z.enum(Object.keys(ACTIONS));

/** What has to be so before an action is taken, by its name. */
export const preconditionsByActionSchema = z
  .partialRecord(actionNameSchema, preconditionsSchema)
  .superRefine((wanted, context) => {
    for (const [action, preconditions = []] of Object.entries(wanted)) {
      for (const { index, message } of unseenBy(action, preconditions)) {
        context.addIssue({ code: 'custom', path: [action, index, 'kind'], message });
      }
    }
  });

/** Those that an action could never meet, because it does not see what they are judged by. */
export function unseenBy(
  name: string,
  preconditions: readonly Pick<Precondition, 'kind'>[],
): readonly { readonly index: number; readonly message: string }[] {
  const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
  if (action === undefined) return [];
  const known = PRECONDITION_KINDS.filter((kind) => canSee(action, kind)).join(', ');
  return preconditions.flatMap(({ kind }, index) =>
    canSee(action, kind) ? [] : [{ index, message: `is not seen by ${name}, which is judged by ${known}` }],
  );
}

/** The terms of the catalogue's cures. */
export const curesSchema = z.strictObject({
  danger: z
    .partialRecord(actionNameSchema, z.string().min(1).max(500))
    .optional()
    .describe('what a cure can make worse, by its action'),
  preconditions: preconditionsByActionSchema.optional().describe('what has to be so before a cure, by its action'),
});
