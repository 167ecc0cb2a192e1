import { z } from 'zod';
import { seconds } from '../../../domain/plan/query.ts';

/** What is promised of a service. */
export const sloSchema = z.strictObject({
  latency: z
    .strictObject({
      quantile: z.string().regex(/^0\.\d+$/, { message: "must be a text such as '0.95'" }),
      thresholdSeconds: seconds(86_400),
    })
    .optional(),
  errors: z.strictObject({ maxRatio: z.number().min(0).max(1) }).optional(),
});
