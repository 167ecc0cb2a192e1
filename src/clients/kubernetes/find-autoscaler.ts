import { MendloopError } from '../../domain/failures.ts';
import { nameTarget } from '../../domain/target/name-target.ts';
import type { Target } from '../../domain/target/target.ts';
import { holderOf, nameController } from './follow-controllers.ts';
import type { Mover } from './lever.ts';
import { KEDA_LABEL, pausedBy, type ScaledObject } from './scaled-object.ts';
import { type Autoscaler, isOfItsGroup } from './workload.ts';

type ScaleTargetRef = NonNullable<ScaledObject['spec']>['scaleTargetRef'];

const HASH = /^[a-z0-9]{1,10}$/;

/**
 * What owns the replica count of a workload among the autoscalers and ScaledObjects of its namespace; undefined if nothing
 * does. Behind a ScaledObject, the autoscaler that it has made is none to be moved.
 *
 * @throws MendloopError `TargetUnsupported`, naming them, if several move the workload, one moves a ReplicaSet of it, an
 * autoscaler is another object's, or a ScaledObject is paused: what is set there would be put back, or not heeded.
 */
export function findAutoscaler(
  { autoscalers, scaledObjects }: { autoscalers: readonly Autoscaler[]; scaledObjects: readonly ScaledObject[] },
  target: Target,
): Mover | undefined {
  for (const { metadata, spec } of [...autoscalers, ...scaledObjects]) {
    const { scaleTargetRef: ref } = spec ?? {};
    if (!isReplicaSetOf(ref, target)) continue;
    const moved = `ReplicaSet ${ref?.name ?? ''}, which belongs to ${nameTarget(target)}`;
    throw new MendloopError('TargetUnsupported', `autoscaler ${metadata?.name ?? ''} moves ${moved}`);
  }
  const found = autoscalers.filter((autoscaler) => scales(autoscaler, target));
  const keda = scaledObjects.filter(({ spec }) => refersTo(spec?.scaleTargetRef, target));
  const [one] = found;
  const [scaledObject] = keda;
  const isMadeByIt = one !== undefined && scaledObject !== undefined && isMadeBy(one, scaledObject);
  if (found.length + keda.length > 1 && !(found.length === 1 && keda.length === 1 && isMadeByIt)) {
    const names = [
      ...found.map(({ metadata }) => metadata?.name ?? ''),
      ...keda.map(({ metadata }) => `ScaledObject ${metadata?.name ?? ''}`),
    ].toSorted();
    throw new MendloopError(
      'TargetUnsupported',
      `${nameTarget(target)} is moved by ${names.length} autoscalers at once: ${names.join(', ')}`,
    );
  }
  if (scaledObject !== undefined) {
    requireFree(scaledObject, target);
    return { kind: 'scaledobject', object: scaledObject };
  }
  if (one === undefined) return undefined;
  const owner = ownerOfAutoscaler(one);
  if (owner !== undefined) {
    const name = one.metadata?.name ?? '';
    throw new MendloopError('TargetUnsupported', `autoscaler ${name} of ${nameTarget(target)} belongs to ${owner}`);
  }
  return { kind: 'autoscaler', object: one };
}

function isMadeBy({ metadata }: Autoscaler, scaledObject: ScaledObject): boolean {
  const uid = scaledObject.metadata?.uid;
  const name = scaledObject.metadata?.name;
  const holder = holderOf(metadata);
  return holder === undefined ? name !== undefined && metadata?.labels?.[KEDA_LABEL] === name : holder.uid === uid;
}

/** @throws MendloopError `TargetUnsupported` if it is paused, or made by another object that would put it back. */
function requireFree(scaledObject: ScaledObject, target: Target): void {
  const name = `ScaledObject ${scaledObject.metadata?.name ?? ''} of ${nameTarget(target)}`;
  const paused = pausedBy(scaledObject);
  if (paused !== undefined)
    throw new MendloopError('TargetUnsupported', `${name} is paused by its annotation ${paused}`);
  const holder = holderOf(scaledObject.metadata);
  if (holder === undefined) return;
  throw new MendloopError('TargetUnsupported', `${name} belongs to ${nameController(holder)}`);
}

function scales({ spec: { scaleTargetRef } }: Autoscaler, target: Target): boolean {
  return refersTo(scaleTargetRef, target);
}

function refersTo(ref: ScaleTargetRef, { kind, name }: Target): boolean {
  const { apiVersion = 'apps/v1', kind: named = 'Deployment' } = ref ?? {};
  return named === kind && ref?.name === name && isOfItsGroup(kind, apiVersion);
}

/** Its controller and the autoscaler would put each other's count back. Such a ReplicaSet has its owner's name and a hash. */
function isReplicaSetOf(ref: ScaleTargetRef, { kind, name }: Target): boolean {
  if (kind !== 'Deployment' && kind !== 'Rollout') return false;
  return (
    ref?.kind === 'ReplicaSet' &&
    ref.name?.startsWith(`${name}-`) === true &&
    HASH.test(ref.name.slice(name.length + 1))
  );
}

/** What puts an autoscaler back, for people; undefined: it is nobody's but people's. */
export function ownerOfAutoscaler({
  metadata,
}: {
  readonly metadata?: Autoscaler['metadata'] | undefined;
}): string | undefined {
  const controller = holderOf(metadata);
  if (controller !== undefined) return nameController(controller);
  const name = metadata?.labels?.[KEDA_LABEL];
  return name === undefined ? undefined : nameScaledObject(name);
}

function nameScaledObject(name = ''): string {
  return nameController({ kind: 'ScaledObject', name, apiVersion: 'keda.sh' });
}
