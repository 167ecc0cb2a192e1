import { z } from 'zod';

/** Limits of the whole cluster. */
export const guardsSchema = z.strictObject({
  /** Remediations at work in the cluster at once. */
  maxConcurrent: z.number().int().min(1).max(10_000).default(10),
  /** Changes in any hour. */
  maxActionsPerHour: z.number().int().min(1).max(100_000).default(60),
  blastRadius: z
    .strictObject({
      /** Of a namespace's workloads, rounded down, but always one. */
      percent: z.number().positive().max(100).default(30),
      /** Seconds. */
      windowSeconds: z.number().positive().max(21_600).default(600),
    })
    .prefault({}),
  /** What an alert does over a limit or during a pause: wait for its turn, or end as `suppressed` at once. */
  overLimit: z.enum(['wait', 'suppress']).default('wait'),
});
export type GuardSettings = z.infer<typeof guardsSchema>;
