import { z } from 'zod';
import type { Looked } from '../../authority/seen-object.ts';
import type { Target } from '../../target/target.ts';
import type { PodFacts } from '../pod-facts.ts';
import type { NodeFacts, Pool } from './node-facts.ts';

export interface DrainSeen extends Looked {
  readonly target: Target;
  readonly node: NodeFacts;
  readonly pool: Pool;
  /** All Pods on the node. */
  readonly pods: readonly PodFacts[];
  /** ID of the remediation that holds the node by annotation, if one does. */
  readonly heldBy?: string;
}

const count = z.number().int().min(0);

/** Which Pods may be evicted. */
const evictionRulesSchema = z.object({ force: z.boolean(), deleteEmptyDirData: z.boolean(), maxPods: count });
export type EvictionRules = z.infer<typeof evictionRulesSchema>;

/** What must be left in the cluster. */
const poolRulesSchema = z.object({ minReadyNodes: count, minReadyShare: z.number() });
export type PoolRules = z.infer<typeof poolRulesSchema>;

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
