import { z } from 'zod';
import { MendloopError } from '../failures.ts';
import type { Pool } from './node-facts.ts';

/** What must be left in the cluster. */
export const poolRulesSchema = z.object({ minReadyNodes: z.number().int().min(0), minReadyShare: z.number() });
export type PoolRules = z.infer<typeof poolRulesSchema>;

/** What every action that takes a node out of use lets a plan say. */
export const poolParameters = {
  /** Other nodes that must be ready for the Pods, of those that are reserved for the same. */
  minReadyNodes: z.number().int().min(0).max(10_000).default(1),
  /** Share of those nodes, the one that is acted on counted, that must be ready without it. */
  minReadyShare: z.number().min(0).max(1).default(0.5),
};

/**
 * A storm is no time to take more nodes away.
 *
 * @throws MendloopError `DisruptionUnsafe` if too few other nodes are ready for the Pods of one that is taken out of use.
 */
export function requireNodes({ size, ready }: Pool, { minReadyNodes, minReadyShare }: PoolRules): void {
  if (ready < minReadyNodes) {
    throw new MendloopError('DisruptionUnsafe', `${ready} other nodes are ready, and the plan wants ${minReadyNodes}`);
  }
  if (ready / size < minReadyShare) {
    throw new MendloopError(
      'DisruptionUnsafe',
      `${ready} of ${size} nodes would be ready without it, and the plan wants a share of ${minReadyShare}`,
    );
  }
}
