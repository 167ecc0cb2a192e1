import type { TargetSnapshot } from '../effects.ts';
import { MendloopError } from '../../failures.ts';
import type { ScaleParameters } from '../../plan/plan.ts';

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
 * @throws MendloopError `AutoscalerLimit` if the autoscaler already stands at its maximum and the plan wants more;
 * `ReplicaLimit` if the plan's own bounds leave nothing to add.
 */
export function planScale(parameters: ScaleParameters, snapshot: TargetSnapshot): ScaleIntent {
  const { lever, value: from, replicas } = snapshot;
  const asked = 'replicas' in parameters ? parameters.replicas : grown(parameters, replicas);
  const wanted = 'replicas' in parameters && parameters.allowDecrease ? asked : Math.max(asked, from);
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

/** What the plan wants, for people: `to 5 replicas`. */
export function describeScale(parameters: ScaleParameters): string {
  if ('replicas' in parameters) {
    const { replicas, allowDecrease } = parameters;
    return `to ${replicas} replicas${allowDecrease ? ', down as well' : ''}`;
  }
  const step = 'add' in parameters ? `by ${parameters.add}` : `by a factor of ${parameters.factor}`;
  return `${step}, to at most ${parameters.max} replicas`;
}

type RelativeParameters = Exclude<ScaleParameters, { replicas: number }>;

/** Counts from the replicas that run, not from an autoscaler's minimum: that may lie far below, and change nothing. */
function grown(parameters: RelativeParameters, replicas: number): number {
  // Somebody switched it off, or something that scales to zero did: starting it is not adding capacity.
  if (replicas === 0) throw new MendloopError('ReplicaLimit', 'the target is scaled to zero; the plan only adds to it');
  // 1.1 * 10 is 11.000000000000002.
  const more = 'add' in parameters ? replicas + parameters.add : Math.ceil(replicas * parameters.factor - 1e-9);
  const wanted = Math.min(more, parameters.max);
  if (wanted > replicas) return wanted;
  throw new MendloopError(
    'ReplicaLimit',
    `the target has ${replicas} replicas, and the plan gives it at most ${parameters.max}`,
  );
}
