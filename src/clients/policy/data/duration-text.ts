import { z } from 'zod';

/** The window of a query, as PromQL writes it: `1m`, `90s`. */
export const durationTextSchema = z
  .string()
  .regex(/^(?:\d+(?:ms|[smhdwy]))+$/, { message: 'must be a duration such as 1m or 90s' })
  .describe('a duration as PromQL writes it: 1m, 90s');
