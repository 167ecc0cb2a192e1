import { MendloopError } from '../../domain/failures.ts';
import { type DiffableObject, diffObjects } from './diff-objects.ts';
import type { KubernetesClient } from './kubernetes-client.ts';
import { type LeverChange, leverFailure, leverMove } from './lever.ts';

/** What is looked at of a `Scale` or an autoscaler. */
interface LeverObject extends DiffableObject {
  readonly spec: { readonly replicas?: number; readonly minReplicas?: number; readonly minReplicaCount?: number };
}

/** What the lever holds now and would hold, and how its object would differ. */
export interface ScalePreview {
  readonly before: number;
  readonly after: number;
  readonly diff: string;
}

/**
 * What the change would do: the very patch of `moveLever`, sent as a dry run. The API server validates and admits it as
 * it would the real one (quotas, webhooks, permissions), and stores nothing.
 *
 * @throws MendloopError `TargetChanged` if the lever no longer stands where the plan found it; what the API server
 * refuses, it refuses as it would the change itself.
 */
export async function previewScale(kubernetes: KubernetesClient, change: LeverChange): Promise<ScalePreview> {
  const { path, patch, query } = leverMove(change, change);
  const now = await kubernetes.get<LeverObject>(path);
  let next: LeverObject;
  try {
    next = await kubernetes.previewJsonPatch<LeverObject>(path, patch, query);
  } catch (error) {
    throw leverFailure(error);
  }
  const before = valueOf(now, change);
  if (before !== change.from) {
    // It was something else when read and right when patched: another hand is changing it.
    throw new MendloopError('TargetChanged', `it was to be ${change.from}, and was found at ${before}`);
  }
  return { before, after: valueOf(next, change), diff: diffObjects(now, next) };
}

/** A field that is 0 is left out of the API's JSON. */
function valueOf({ spec }: LeverObject, { lever }: LeverChange): number {
  switch (lever.kind) {
    case 'replicas':
      return spec.replicas ?? 0;
    case 'autoscaler':
      return spec.minReplicas ?? 1;
    case 'scaledobject':
      return spec.minReplicaCount ?? 0;
  }
}
