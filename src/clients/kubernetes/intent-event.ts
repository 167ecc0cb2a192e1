import { MendloopError } from '../../domain/failures.ts';
import { nameTarget } from '../../domain/target/name-target.ts';
import type { Target } from '../../domain/target/target.ts';
import type { KubernetesClient } from './kubernetes-client.ts';
import { unlessGone } from './pod-workload.ts';
import { addEvent, eventPath, type TargetEvent } from './record-event.ts';

/** Something that a remediation is about to do to an object which will not be there to tell of it. */
export interface Intent {
  readonly target: Target;
  readonly uid: string;
  readonly remediationId: string;
  /** CamelCase, as `kubectl describe` shows it: `MendloopDeleting`. */
  readonly reason: string;
  readonly message: string;
}

/**
 * Writes down what is about to be done, as an Event of the object: it outlives the object, and tells a later attempt,
 * which finds nothing, that an earlier one had come this far. Kubernetes keeps it for an hour unless it is set otherwise.
 * Returns whether an earlier attempt had written it.
 */
export async function writeIntent(kubernetes: KubernetesClient, intent: Intent): Promise<boolean> {
  try {
    return (await addEvent(kubernetes, eventOf(intent))).wasThere;
  } catch (error) {
    if (!(error instanceof MendloopError)) throw error;
    const what = `the intent on ${nameTarget(intent.target)} cannot be written down`;
    throw new MendloopError(error.type, `${what}: ${error.message}`);
  }
}

/** Whether an earlier attempt had written the intent. */
export async function hasIntent(kubernetes: KubernetesClient, intent: Intent): Promise<boolean> {
  return (await unlessGone(kubernetes.get<object>(eventPath(eventOf(intent))))) !== undefined;
}

function eventOf(intent: Intent): TargetEvent {
  return { ...intent, type: 'Normal' };
}
