import { z } from 'zod';
import { parseQuantity } from '../../cost/quantity.ts';

const quantity = z
  .string()
  .max(32)
  .refine((text) => parseQuantity(text) > 0, 'must be a Kubernetes quantity above zero, as 512Mi or 250m');

/** From what stands there now, up to `max`. */
const stepSchema = z.union(
  [
    z.strictObject({ factor: z.number().gt(1).max(10), max: quantity }),
    z.strictObject({ add: quantity, max: quantity }),
  ],
  { error: 'must be {factor, max} or {add, max}' },
);
export type ResourceStep = z.infer<typeof stepSchema>;

const resourcesSchema = z
  .strictObject({ memory: stepSchema.optional(), cpu: stepSchema.optional() })
  .refine(({ memory, cpu }) => memory !== undefined || cpu !== undefined, 'expected memory, cpu, or both');

export const setResourcesParametersSchema = z
  .strictObject({
    /** Absent: the only one that there is. */
    container: z.string().min(1).max(63).optional(),
    limits: resourcesSchema.optional(),
    requests: resourcesSchema.optional(),
    /** Ready Pods that must be left while the Pods are replaced, unless none is ready; 0: all may go at once. */
    minReadyPeers: z.number().int().min(0).max(10_000).default(1),
  })
  .refine(
    ({ limits, requests }) => limits !== undefined || requests !== undefined,
    'expected limits, requests, or both',
  );
export type SetResourcesParameters = z.infer<typeof setResourcesParametersSchema>;

/** What the plan wants, for people. */
export function describeSetResources({ container, ...parameters }: SetResourcesParameters): string {
  const steps = (['requests', 'limits'] as const).flatMap((of) =>
    (['memory', 'cpu'] as const).flatMap((resource) => {
      const step = parameters[of]?.[resource];
      if (step === undefined) return [];
      const by = 'add' in step ? `by ${step.add}` : `by a factor of ${step.factor}`;
      return [`${of} of ${resource} ${by}, to at most ${step.max}`];
    }),
  );
  return `${steps.join('; ')}${container === undefined ? '' : `, of container ${container}`}`;
}
