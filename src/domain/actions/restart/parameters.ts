import { z } from 'zod';

export const restartParametersSchema = z.strictObject({
  /** Ready Pods that must be left at any time, unless none is ready; 0: all may go at once. */
  minReadyPeers: z.number().int().min(0).max(10_000).default(1),
});
export type RestartParameters = z.infer<typeof restartParametersSchema>;

/** What the plan wants, for people. */
export function describeRestart({ minReadyPeers }: RestartParameters): string {
  return minReadyPeers === 0 ? 'even if none is ready meanwhile' : `with ${minReadyPeers} or more ready at any time`;
}
