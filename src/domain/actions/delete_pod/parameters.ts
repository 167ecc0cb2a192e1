import { z } from 'zod';

export const deletePodParametersSchema = z
  .strictObject({
    /** Seconds that the Pod has to end; absent: what it asks for itself. */
    gracePeriodSeconds: z.number().int().min(1).max(86_400).optional(),
    /**
     * Takes the Pod out of the API without hearing that its containers have ended: for one whose node is gone. Never of a
     * StatefulSet, which would run two of one identity.
     */
    force: z.boolean().default(false),
    /** Other Pods of the workload that must be ready, unless the Pod itself is not; 0: the last one may go, too. */
    minReadyPeers: z.number().int().min(0).max(10_000).default(1),
    /** A DaemonSet's Pods do for their node what no other Pod does meanwhile. */
    allowDaemonSet: z.boolean().default(false),
  })
  .refine(({ force, gracePeriodSeconds }) => !force || gracePeriodSeconds === undefined, {
    path: ['gracePeriodSeconds'],
    message: 'expected none beside force, which waits for nothing',
  });
export type DeletePodParameters = z.infer<typeof deletePodParametersSchema>;

/** What the plan wants, for people. */
export function describeDeletePod({ force, gracePeriodSeconds, minReadyPeers }: DeletePodParameters): string {
  const how = gracePeriodSeconds === undefined ? '' : `, with ${gracePeriodSeconds} s to end`;
  const last = minReadyPeers === 0 ? 'even the last ready one' : `leaving ${minReadyPeers} or more ready`;
  return `${last}${force ? ', by force' : how}`;
}
