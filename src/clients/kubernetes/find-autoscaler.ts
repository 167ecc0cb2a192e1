import { MendloopError } from '../../domain/failures.ts';
import { nameTarget } from '../../domain/target/name-target.ts';
import type { Target } from '../../domain/target/target.ts';
import { holderOf, nameController } from './follow-controllers.ts';
import type { KubernetesClient } from './kubernetes-client.ts';
import { unlessGone } from './pod-workload.ts';
import type { Autoscaler } from './workload.ts';

/** An autoscaler that may be moved. */
export interface FoundAutoscaler {
  readonly name: string;
  readonly autoscaler: Autoscaler;
}

/** By which KEDA's operator knows the autoscalers that it made. */
const KEDA_LABEL = 'scaledobject.keda.sh/name';

/** A KEDA ScaledObject. Its autoscaler is missing while it is paused, and before its operator has seen it. */
export interface ScaledObject {
  readonly metadata?: { readonly name?: string };
  readonly spec?: {
    readonly scaleTargetRef?: { readonly apiVersion?: string; readonly kind?: string; readonly name?: string };
  };
}

const SCALED_OBJECTS = '/apis/keda.sh/v1alpha1';

/** None where KEDA is not installed. @throws MendloopError `KubernetesForbidden` where it is, and may not be asked. */
export async function listScaledObjects(kubernetes: KubernetesClient, namespace: string): Promise<ScaledObject[]> {
  const path = `${SCALED_OBJECTS}/namespaces/${encodeURIComponent(namespace)}/scaledobjects`;
  const list = await unlessGone(kubernetes.get<{ items: ScaledObject[] }>(path)).catch(async (error: unknown) => {
    // Permissions come before existence: who may not ask is refused also what is not there.
    const isForbidden = error instanceof MendloopError && error.type === 'KubernetesForbidden';
    if (!isForbidden || (await unlessGone(kubernetes.get(SCALED_OBJECTS))) !== undefined) throw error;
    return undefined;
  });
  return list?.items ?? [];
}

/**
 * The one autoscaler of a workload among those of its namespace; undefined if it has none.
 *
 * @throws MendloopError `TargetUnsupported`, naming them, if several move the workload, or if it is another object's, as
 * of a KEDA ScaledObject: what is set there would be put back.
 */
export function findAutoscaler(
  { autoscalers, scaledObjects }: { autoscalers: readonly Autoscaler[]; scaledObjects: readonly ScaledObject[] },
  target: Target,
): FoundAutoscaler | undefined {
  const found = autoscalers.flatMap((autoscaler) => {
    const name = autoscaler.metadata?.name;
    return name !== undefined && scales(autoscaler, target) ? [{ name, autoscaler }] : [];
  });
  const keda = scaledObjects.filter(({ spec }) => refersTo(spec?.scaleTargetRef, target));
  const others = found.filter(({ autoscaler }) => ownerOf(autoscaler) === undefined);
  const [one] = found;
  if (found.length > 1 || (keda.length > 0 && keda.length + others.length > 1)) {
    const names = [
      ...found.map(({ name }) => name),
      ...keda.map(({ metadata }) => `ScaledObject ${metadata?.name ?? ''}`),
    ].toSorted();
    throw new MendloopError(
      'TargetUnsupported',
      `${nameTarget(target)} is moved by ${names.length} autoscalers at once: ${names.join(', ')}`,
    );
  }
  const owner = (one && ownerOf(one.autoscaler)) ?? (keda[0] && nameScaledObject(keda[0].metadata?.name));
  if (one === undefined && owner !== undefined) {
    throw new MendloopError('TargetUnsupported', `the replicas of ${nameTarget(target)} belong to ${owner}`);
  }
  if (one === undefined) return undefined;
  if (owner !== undefined) {
    throw new MendloopError('TargetUnsupported', `autoscaler ${one.name} of ${nameTarget(target)} belongs to ${owner}`);
  }
  return one;
}

function scales({ spec: { scaleTargetRef } }: Autoscaler, target: Target): boolean {
  return refersTo(scaleTargetRef, target);
}

function refersTo(ref: NonNullable<ScaledObject['spec']>['scaleTargetRef'], { kind, name }: Target): boolean {
  const { apiVersion = 'apps/v1', kind: named = 'Deployment' } = ref ?? {};
  return named === kind && ref?.name === name && /^(apps|extensions)\//.test(apiVersion);
}

function ownerOf({ metadata }: Autoscaler): string | undefined {
  const controller = holderOf(metadata);
  if (controller !== undefined) return nameController(controller);
  const name = metadata?.labels?.[KEDA_LABEL];
  return name === undefined ? undefined : nameScaledObject(name);
}

function nameScaledObject(name = ''): string {
  return nameController({ kind: 'ScaledObject', name, apiVersion: 'keda.sh' });
}
