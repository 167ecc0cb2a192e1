import type { ScalableKind } from '../target/target.ts';

/** What of a workload's spec and status decides whether it is ready; the same for every kind that can be scaled. */
export interface RolloutState {
  readonly metadata?: { readonly uid?: string; readonly generation?: number; readonly deletionTimestamp?: unknown };
  readonly spec?: {
    readonly replicas?: number;
    /** A StatefulSet's. */
    readonly updateStrategy?: { readonly type?: string; readonly rollingUpdate?: { readonly partition?: number } };
  };
  /** The API leaves a zero out. */
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly readyReplicas?: number;
    readonly availableReplicas?: number;
    readonly conditions?: readonly RolloutCondition[];
  };
}

interface RolloutCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

/** What is waited for. */
export interface WantedReplicas {
  readonly replicas: number;
  /** True where the remediation set `spec.replicas` itself; false where an autoscaler may go beyond what is wanted. */
  readonly exact: boolean;
}

export type RolloutVerdict =
  | { readonly status: 'ready'; readonly readyReplicas: number }
  /** Not yet; `detail` says what is missing. */
  | { readonly status: 'progressing'; readonly detail: string }
  /** It will not become ready by waiting. */
  | { readonly status: 'failed'; readonly detail: string }
  /** Somebody else moved the replica count. */
  | { readonly status: 'changed'; readonly found: number };

/**
 * Whether the workload has become what was asked for. Source: the rule of `kubectl rollout status`, with the updated
 * replicas counted only where they can become all.
 */
export function judgeRollout(
  kind: ScalableKind,
  state: RolloutState,
  { replicas, exact }: WantedReplicas,
): RolloutVerdict {
  const { metadata, spec, status = {} } = state;
  const wanted = spec?.replicas ?? 1;
  if (exact && wanted !== replicas) return { status: 'changed', found: wanted };

  const conditions = status.conditions ?? [];
  const stuck = conditions.find(({ type, status: is, reason }) => {
    return type === 'Progressing' && is === 'False' && reason === 'ProgressDeadlineExceeded';
  });
  if (stuck !== undefined) return { status: 'failed', detail: `${stuck.reason}: ${stuck.message ?? ''}` };
  const refused = conditions.find(({ type, status: is }) => type === 'ReplicaFailure' && is === 'True');
  // A quota does not grow by waiting; any other refusal may pass.
  if (refused?.message?.includes('exceeded quota') === true) return { status: 'failed', detail: refused.message };

  const ready = Math.min(status.readyReplicas ?? 0, status.availableReplicas ?? 0);
  const updated = updatedReplicas(kind, state);
  const observed = (status.observedGeneration ?? 0) >= (metadata?.generation ?? 0);
  const enough = exact ? ready === replicas && (updated ?? ready) === replicas : ready >= replicas && ready >= wanted;
  if (observed && enough) return { status: 'ready', readyReplicas: ready };
  const why = refused?.message === undefined ? '' : `; ${refused.message}`;
  return { status: 'progressing', detail: `${ready} of ${Math.max(replicas, wanted)} ready${why}` };
}

/** Replicas of the current template; undefined where some are meant to stay as they were. */
function updatedReplicas(kind: ScalableKind, { spec, status = {} }: RolloutState): number | undefined {
  switch (kind) {
    case 'Deployment':
      return status.updatedReplicas ?? 0;
    case 'StatefulSet': {
      const { type, rollingUpdate } = spec?.updateStrategy ?? {};
      const staysBehind = type === 'OnDelete' || (rollingUpdate?.partition ?? 0) > 0;
      return staysBehind ? undefined : (status.updatedReplicas ?? 0);
    }
    case 'ReplicaSet':
      // It has one template and does not report which replicas are of it.
      return status.replicas ?? 0;
  }
}
