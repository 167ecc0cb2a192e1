import { z } from 'zod';

const replicas = z.number().int().min(0).max(10_000);

/** So many replicas: for rules that know the service. */
const absoluteSchema = z.strictObject({
  replicas,
  /** Unless set, a target that already has more replicas keeps them: an alert must not take capacity away. */
  allowDecrease: z.boolean().default(false),
});

/** More than there are now, up to `max`: for rules that know a kind of trouble, not one service. */
const stepSchema = z.strictObject({ add: z.number().int().min(1).max(1000), max: replicas.min(1) });
const growthSchema = z.strictObject({ factor: z.number().gt(1).max(10), max: replicas.min(1) });

export const scaleParametersSchema = z.union([absoluteSchema, stepSchema, growthSchema], {
  error: 'must be {replicas, allowDecrease?}, {add, max} or {factor, max}',
});
export type ScaleParameters = z.infer<typeof scaleParametersSchema>;

/** What the plan wants, for people: `to 5 replicas`. */
export function describeScale(parameters: ScaleParameters): string {
  if ('replicas' in parameters) {
    const { replicas: count, allowDecrease } = parameters;
    return `to ${count} replicas${allowDecrease ? ', down as well' : ''}`;
  }
  const step = 'add' in parameters ? `by ${parameters.add}` : `by a factor of ${parameters.factor}`;
  return `${step}, to at most ${parameters.max} replicas`;
}
