import { z } from 'zod';
import type { PodFacts } from '../pod-facts.ts';
import { poolRulesSchema } from '../judge-pool.ts';
import type { NodeSeen } from '../node-change.ts';

export interface DrainSeen extends NodeSeen {
  /** All Pods on the node. */
  readonly pods: readonly PodFacts[];
}

const count = z.number().int().min(0);

/** Which Pods may be evicted. */
const evictionRulesSchema = z.object({ force: z.boolean(), deleteEmptyDirData: z.boolean(), maxPods: count });
export type EvictionRules = z.infer<typeof evictionRulesSchema>;

/** What the effects take, and the history keeps. */
export const drainChangeSchema = z.object({
  /** Another hand had cordoned the node before. */
  wasCordoned: z.boolean(),
  rules: evictionRulesSchema,
  pool: poolRulesSchema,
  /** Seconds; absent: what each Pod asks for. */
  graceSeconds: count.exactOptional(),
  skipWaitForDeleteSeconds: count.exactOptional(),
});
export type DrainChange = z.infer<typeof drainChangeSchema>;

/** What `start` hands on. */
export const drainHandleSchema = z.object({
  /** False: the node was cordoned before, by another hand, and stays so. */
  cordoned: z.boolean(),
  /** Those that were to be evicted when the node had been cordoned. */
  pods: z.array(z.object({ uid: z.string(), namespace: z.string(), name: z.string() })),
});
export type DrainHandle = z.infer<typeof drainHandleSchema>;
