import { z } from 'zod';

/** Seconds within a bound, so that a typing error in policy cannot hold a target for a year. */
export const seconds = (max: number) => z.number().positive().max(max);

/**
 * A PromQL or LogQL expression with named variables. `$name` in `expr` is replaced by the variable as a quoted and
 * escaped string literal; a `{ prefix }` variable becomes a regular expression that matches that literal prefix. A value
 * is never pasted into the expression.
 */
export const querySchema = z.strictObject({
  expr: z.string().min(1).max(4096),
  vars: z
    .record(
      z.string().regex(/^[a-z_][a-z0-9_]*$/),
      z.union([z.string().max(1024), z.strictObject({ prefix: z.string().min(1).max(1024) })]),
    )
    .default({}),
});
export type Query = z.infer<typeof querySchema>;

/**
 * What no result of a query means. Counters that exist only while something is wrong have none when all is well: `zero`
 * takes that for 0. It also takes lost or late data for 0, so `unknown` is the default.
 */
export const whenEmptySchema = z.enum(['unknown', 'zero']);
export type WhenEmpty = z.infer<typeof whenEmptySchema>;
