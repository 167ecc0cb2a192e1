import type { TargetSnapshot } from './effects.ts';
import { MendloopError } from './failures.ts';
import type { ScaleParameters } from './plan/plan.ts';

/** What scaling a target as planned would change. */
export interface ScaleIntent {
  /** The lever's value now, and the value it is to have. Equal if there is nothing to change. */
  readonly from: number;
  readonly to: number;
  /** Pods that the change adds at most; what it costs. Never negative. */
  readonly addedReplicas: number;
}

/**
 * Works out the change. Capacity is never taken away unless the plan allows it. Behind an autoscaler it is
 * `minReplicas` that moves, and never past `maxReplicas`: that limit is the owner's word.
 *
 * @throws MendloopError `AutoscalerLimit` if the autoscaler already stands at its maximum and the plan wants more.
 */
export function planScale(parameters: ScaleParameters, snapshot: TargetSnapshot): ScaleIntent {
  const { lever, value: from, replicas } = snapshot;
  const wanted = parameters.allowDecrease ? parameters.replicas : Math.max(parameters.replicas, from);
  if (lever.kind === 'replicas') return { from, to: wanted, addedReplicas: Math.max(0, wanted - from) };

  if (wanted > lever.maxReplicas && replicas >= lever.maxReplicas) {
    throw new MendloopError(
      'AutoscalerLimit',
      `autoscaler ${lever.name} is at its maxReplicas ${lever.maxReplicas}; the plan wants ${wanted}`,
    );
  }
  const to = Math.min(wanted, lever.maxReplicas);
  return { from, to, addedReplicas: Math.max(0, to - replicas) };
}
