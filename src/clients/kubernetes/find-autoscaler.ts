import { MendloopError } from '../../domain/failures.ts';
import { nameTarget } from '../../domain/target/name-target.ts';
import type { Target } from '../../domain/target/target.ts';
import { controllerOf, nameController } from './follow-controllers.ts';
import type { Autoscaler } from './workload.ts';

/** An autoscaler that may be moved. */
export interface FoundAutoscaler {
  readonly name: string;
  readonly autoscaler: Autoscaler;
}

/** By which KEDA's operator knows the autoscalers that it made. */
const KEDA_LABEL = 'scaledobject.keda.sh/name';

/**
 * The one autoscaler of a workload among those of its namespace; undefined if it has none.
 *
 * @throws MendloopError `TargetUnsupported`, naming them, if several move the workload, or if it is another object's, as
 * of a KEDA ScaledObject: what is set there would be put back.
 */
export function findAutoscaler(autoscalers: readonly Autoscaler[], target: Target): FoundAutoscaler | undefined {
  const found = autoscalers.flatMap((autoscaler) => {
    const name = autoscaler.metadata?.name;
    return name !== undefined && scales(autoscaler, target) ? [{ name, autoscaler }] : [];
  });
  const [one] = found;
  if (one === undefined) return undefined;
  if (found.length > 1) {
    const names = found.map(({ name }) => name).toSorted();
    throw new MendloopError(
      'TargetUnsupported',
      `${nameTarget(target)} is moved by ${found.length} autoscalers at once: ${names.join(', ')}`,
    );
  }
  const owner = ownerOf(one.autoscaler);
  if (owner !== undefined) {
    throw new MendloopError('TargetUnsupported', `autoscaler ${one.name} of ${nameTarget(target)} belongs to ${owner}`);
  }
  return one;
}

function scales({ spec: { scaleTargetRef } }: Autoscaler, { kind, name }: Target): boolean {
  const { apiVersion = 'apps/v1' } = scaleTargetRef;
  return scaleTargetRef.kind === kind && scaleTargetRef.name === name && /^(apps|extensions)\//.test(apiVersion);
}

function ownerOf({ metadata }: Autoscaler): string | undefined {
  const controller = controllerOf(metadata);
  if (controller !== undefined) return nameController(controller);
  const name = metadata?.labels?.[KEDA_LABEL];
  if (name === undefined) return undefined;
  const scaledObject = { kind: 'ScaledObject', name, apiVersion: 'keda.sh' };
  return nameController(scaledObject);
}
