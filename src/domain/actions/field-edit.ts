import { z } from 'zod';
import type { JsonValue } from '../audit/canonical-json.ts';

const value = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** What the effects of an action take that sets one field of `spec`, and what the history keeps of it. */
export const fieldEditSchema = z.object({
  /** The way down from `spec`. */
  field: z.array(z.string()).min(1),
  /** `null`: it is not there. */
  from: value,
  to: value,
  /** Values are the same if they stand for the same number: `1024Mi`, `1Gi`. */
  isQuantity: z.boolean().exactOptional(),
});
export type FieldEdit = {
  readonly field: string[];
  readonly from: JsonValue & (string | number | boolean | null);
  readonly to: JsonValue & (string | number | boolean | null);
  readonly isQuantity?: boolean;
};
