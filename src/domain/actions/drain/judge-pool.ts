import { MendloopError } from '../../failures.ts';
import type { PoolRules } from './change.ts';
import type { Pool } from './node-facts.ts';

/** @throws MendloopError `DisruptionUnsafe` if too few other nodes are ready for the Pods of one that is emptied. */
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
