import { z } from 'zod';
import { scaleParametersSchema } from '../../../domain/actions/scale/parameters.ts';

/**
 * How much to scale, as the data has it. A member that is null has been taken back, so that `overrides` can turn one form
 * into another.
 */
export const scaleSettingsSchema = z
  .strictObject({
    replicas: z.number().nullish().describe('so many replicas'),
    allowDecrease: z.boolean().nullish().describe('whether a target that has more loses some'),
    add: z.number().nullish().describe('so many more than run now'),
    factor: z.number().nullish().describe('so many times what runs now, rounded up'),
    max: z.number().nullish().describe('never more than this; with add or factor'),
  })
  .superRefine((scale, context) => {
    const given = Object.fromEntries(Object.entries(scale).filter(([, value]) => value !== null));
    const parsed = scaleParametersSchema.safeParse(given);
    for (const issue of parsed.error?.issues ?? [])
      context.addIssue({ code: 'custom', path: [], message: issue.message });
  });
