import { z } from 'zod';
import { parseQuantity } from '../cost/quantity.ts';
import { grown } from './grow.ts';

/** Above zero: `10Gi`, `500m`, `20`. */
const quantitySchema = z
  .string()
  .max(32)
  .refine((text) => parseQuantity(text) > 0, 'expected a Kubernetes quantity above zero');

/** A step, or a factor, of a quantity; one of the two. */
export const quantityGrowthFields = {
  add: quantitySchema.optional(),
  factor: z.number().gt(1).max(10).optional(),
  /** The plan never goes past it. */
  max: quantitySchema,
};

export interface QuantityGrowth {
  readonly add?: string | undefined;
  readonly factor?: number | undefined;
  readonly max: string;
}

export function quantityGrowthText({ add, factor = 1, max }: QuantityGrowth): string {
  return `${add === undefined ? `by a factor of ${factor}` : `by ${add}`}, to at most ${max}`;
}

/** @throws MendloopError `LimitReached`. */
export function grownQuantity({ add, factor = 1, max }: QuantityGrowth, from: string, what: string): number {
  const end = parseQuantity(max);
  // In thousandths, so that a share of a core is a whole number.
  const at = parseQuantity(from) * 1000;
  const growth = add === undefined ? { factor, max: end * 1000 } : { add: parseQuantity(add) * 1000, max: end * 1000 };
  return grown(growth, at, what) / 1000;
}
