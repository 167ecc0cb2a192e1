import { z } from 'zod';
import { poolParameters } from '../judge-pool.ts';

export const drainParametersSchema = z.strictObject({
  /** Seconds that each Pod has to end; absent: what it asks for itself. */
  gracePeriodSeconds: z.number().int().min(1).max(86_400).optional(),
  /** Pods with an emptyDir lose what is in it. */
  deleteEmptyDirData: z.boolean().default(false),
  /** Pods without a controller do not come back. Disruption budgets hold all the same. */
  force: z.boolean().default(false),
  /** Pods that may be evicted; a node with more is left alone. */
  maxPods: z.number().int().min(1).max(500).default(110),
  ...poolParameters,
  /**
   * Seconds after which a Pod that was to be gone is no longer waited for, as on a node whose kubelet is dead; absent:
   * each is waited for.
   */
  skipWaitForDeleteSeconds: z.number().int().min(1).max(86_400).optional(),
});
export type DrainParameters = z.infer<typeof drainParametersSchema>;

/** What the plan wants, for people. */
export function describeDrain({ maxPods, force, deleteEmptyDirData }: DrainParameters): string {
  const also = [
    ...(force ? ['Pods without a controller'] : []),
    ...(deleteEmptyDirData ? ['data in emptyDir volumes'] : []),
  ];
  return `of at most ${maxPods} Pods${also.length === 0 ? '' : `, ${also.join(' and ')} included`}`;
}
