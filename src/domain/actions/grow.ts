import { z } from 'zod';
import { MendloopError } from '../failures.ts';

/** How far a number is raised at once, and where it ends. */
export type Growth = { readonly add: number; readonly max: number } | { readonly factor: number; readonly max: number };

const count = z.number().int().min(1).max(100_000);

/** A step, or a factor, of a count. */
export const countGrowthSchema = z.union(
  [z.strictObject({ add: count, max: count }), z.strictObject({ factor: z.number().gt(1).max(10), max: count })],
  { error: 'must be {add, max} or {factor, max}' },
);

export function describeGrowth(growth: Growth, unit: string): string {
  const step = 'add' in growth ? `by ${growth.add}` : `by a factor of ${growth.factor}`;
  return `${step}, to at most ${growth.max} ${unit}`;
}

/**
 * The next number, never past the maximum.
 *
 * @throws MendloopError `LimitReached` if there is none above the one that stands.
 */
export function grown(growth: Growth, from: number, what: string): number {
  // 1.1 * 10 is 11.000000000000002.
  const more = 'add' in growth ? from + growth.add : Math.ceil(from * growth.factor - 1e-9);
  const to = Math.min(more, growth.max);
  if (to > from) return to;
  throw new MendloopError('LimitReached', `${what} stands at ${from}, and the plan gives it at most ${growth.max}`);
}
