import type { V1ObjectMeta } from '@kubernetes/client-node';
import { MendloopError } from '../../domain/failures.ts';
import type { KubernetesClient } from './kubernetes-client.ts';
import { unlessGone } from './pod-workload.ts';

/** A KEDA ScaledObject. Its autoscaler is missing while it is paused, and before its operator has seen it. */
export interface ScaledObject {
  readonly metadata?: V1ObjectMeta;
  readonly spec?: {
    readonly scaleTargetRef?: { readonly apiVersion?: string; readonly kind?: string; readonly name?: string };
    readonly minReplicaCount?: number;
    readonly maxReplicaCount?: number;
  };
}

/** By which KEDA's operator knows the autoscalers that it made. */
export const KEDA_LABEL = 'scaledobject.keda.sh/name';

/** Where a ScaledObject does not say its maximum. Source: KEDA's documentation of `maxReplicaCount`. */
const DEFAULT_MAX = 100;

const SCALED_OBJECTS = '/apis/keda.sh/v1alpha1';

export function scaledObjectPath({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return `${listPath(namespace)}/${encodeURIComponent(name)}`;
}

function listPath(namespace: string): string {
  return `${SCALED_OBJECTS}/namespaces/${encodeURIComponent(namespace)}/scaledobjects`;
}

export function maxReplicaCount({ spec }: ScaledObject): number {
  return spec?.maxReplicaCount ?? DEFAULT_MAX;
}

/** Annotations by which people stop it. Any value but `false` does. Source: KEDA, `GetPausedReplicaCount`, `NeedToBePausedByAnnotation`. */
const PAUSES = ['paused', 'paused-replicas', 'paused-scale-out'].map((name) => `autoscaling.keda.sh/${name}`);

/** The annotation by which it is stopped, so that its counts are not heeded; undefined: it is at work. */
export function pausedBy({ metadata }: ScaledObject): string | undefined {
  const annotations = metadata?.annotations ?? {};
  return PAUSES.find((key) => Object.hasOwn(annotations, key) && annotations[key]?.toLowerCase() !== 'false');
}

/** Milliseconds for which a cluster without KEDA is taken to be without it still. */
const ABSENT_MS = 300_000;

/**
 * The ScaledObjects of a namespace; none where KEDA is not installed, which is remembered for a while unless `anew`.
 *
 * @throws MendloopError `KubernetesForbidden` where KEDA is installed, and may not be asked.
 */
export type ListScaledObjects = (
  namespace: string,
  options?: { readonly anew?: boolean },
) => Promise<readonly ScaledObject[]>;

/** `now`: milliseconds of a clock that never goes back. */
export function scaledObjectsOf(kubernetes: KubernetesClient, now = () => performance.now()): ListScaledObjects {
  let absentUntil = -Infinity;
  return async (namespace, { anew = false } = {}) => {
    if (!anew && now() < absentUntil) return [];
    const found = await list(kubernetes, namespace);
    if (found === undefined) absentUntil = now() + ABSENT_MS;
    return found ?? [];
  };
}

/** Undefined where KEDA is not installed. */
async function list(kubernetes: KubernetesClient, namespace: string): Promise<readonly ScaledObject[] | undefined> {
  const found = await unlessGone(kubernetes.get<{ items: ScaledObject[] }>(listPath(namespace))).catch(
    async (error: unknown) => {
      // Permissions come before existence: who may not ask is refused also what is not there.
      const isForbidden = error instanceof MendloopError && error.type === 'KubernetesForbidden';
      if (!isForbidden || (await unlessGone(kubernetes.get(SCALED_OBJECTS))) !== undefined) throw error;
      return undefined;
    },
  );
  return found?.items;
}
