import { MendloopError } from '../../failures.ts';
import type { ScaleSeen } from './change.ts';
import type { ScaleParameters } from './parameters.ts';

/** What scaling a target as planned would change. */
export interface ScaleIntent {
  /** The lever's value now, and the value it is to have. Equal if there is nothing to change. */
  readonly from: number;
  readonly to: number;
  /** Pods that the change adds at most, or frees at least where it is negative; what it costs. */
  readonly addedReplicas: number;
}

/**
 * Works out the change. Capacity is never taken away unless the plan allows it, and what is switched off is not switched
 * on. Behind an autoscaler it is `minReplicas` that moves, and never past `maxReplicas`: that limit is the owner's word.
 *
 * @throws MendloopError `AutoscalerLimit` if the autoscaler already stands at its maximum and the plan wants more;
 * `ReplicaLimit` if the plan's own bounds leave nothing to add, or the target is scaled to zero.
 */
export function planScale(
  parameters: ScaleParameters,
  { lever, value: from, replicas }: Pick<ScaleSeen, 'lever' | 'value' | 'replicas'>,
): ScaleIntent {
  const isAbsolute = 'replicas' in parameters;
  // A human switched it off, or something that scales to zero did: starting it is not adding capacity.
  if (replicas === 0 && !(isAbsolute && parameters.replicas === 0)) {
    throw new MendloopError('ReplicaLimit', 'the target is scaled to zero, which means switched off: it is left so');
  }
  const asked = isAbsolute ? parameters.replicas : grown(parameters, replicas);
  const wanted = isAbsolute && parameters.allowDecrease ? asked : Math.max(asked, from);
  if (lever.kind === 'replicas') return { from, to: wanted, addedReplicas: wanted - from };

  if (wanted > lever.maxReplicas && replicas >= lever.maxReplicas) {
    throw new MendloopError(
      'AutoscalerLimit',
      lever.kind === 'autoscaler'
        ? `autoscaler ${lever.name} is at its maxReplicas ${lever.maxReplicas}; the plan wants ${wanted}`
        : `ScaledObject ${lever.name} is at its maxReplicaCount ${lever.maxReplicas}; the plan wants ${wanted}`,
    );
  }
  // An autoscaler goes down when it sees fit: a lower minimum frees nothing that could be counted on.
  const to = Math.min(wanted, lever.maxReplicas);
  // A minimum below what runs already brings no Pod: what gets better after it would be no cure of ours.
  if (to > from && to <= replicas) return { from, to: from, addedReplicas: 0 };
  return { from, to, addedReplicas: Math.max(0, to - replicas) };
}

type RelativeParameters = Exclude<ScaleParameters, { replicas: number }>;

/** Counts from the replicas that run, not from an autoscaler's minimum: that may lie far below, and change nothing. */
function grown(parameters: RelativeParameters, replicas: number): number {
  // 1.1 * 10 is 11.000000000000002.
  const more = 'add' in parameters ? replicas + parameters.add : Math.ceil(replicas * parameters.factor - 1e-9);
  const wanted = Math.min(more, parameters.max);
  if (wanted > replicas) return wanted;
  throw new MendloopError(
    'ReplicaLimit',
    `the target has ${replicas} replicas, and the plan gives it at most ${parameters.max}`,
  );
}
