import { hasSeen, identityOf, isNewer, type SaidCondition } from '../target/said-of-object.ts';

/** What of a workload's spec and status decides whether it is ready; the same for every kind that can be scaled. */
export interface RolloutState {
  readonly metadata?: { readonly generation?: number };
  readonly spec?: {
    readonly replicas?: number;
    /** A Deployment's. */
    readonly strategy?: {
      readonly rollingUpdate?: { readonly maxSurge?: number | string };
      /** An Argo Rollout's. */
      readonly canary?: { readonly maxSurge?: number | string };
      readonly blueGreen?: object;
    };
  };
  /** The API leaves a zero out. */
  readonly status?: {
    /** An Argo Rollout's is a text. */
    readonly observedGeneration?: number | string;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly readyReplicas?: number;
    readonly availableReplicas?: number;
    readonly conditions?: readonly RolloutCondition[];
  };
}

export type RolloutCondition = SaidCondition;

/** What is waited for. */
export interface WantedReplicas {
  readonly replicas: number;
  /** True where the remediation set `spec.replicas` itself; false where an autoscaler may go beyond what is wanted. */
  readonly exact: boolean;
}

/** The act after which a controller's word counts. */
export interface Act {
  /** Epoch ms, by the API server's clock, to the second; absent: not known. */
  readonly at?: number;
  /** What was complained of before it: see `complaintsOf`. */
  readonly complaints: readonly string[];
}

export type RolloutVerdict =
  | { readonly status: 'ready'; readonly readyReplicas: number }
  /** Not yet; `detail` says what is missing. */
  | { readonly status: 'progressing'; readonly detail: string }
  /** It will not become ready by waiting. */
  | { readonly status: 'failed'; readonly detail: string }
  /** Another hand moved the replica count. */
  | { readonly status: 'changed'; readonly found: number };

/**
 * Whether the workload has become what was asked for: so many replicas ready and available, of whatever template. Some
 * are kept on an old one on purpose, by a pause, a partition or deletion by hand, and serve all the same. Its controller's
 * complaints count if they are newer than the act.
 */
export function judgeRollout(state: RolloutState, { replicas, exact }: WantedReplicas, act: Act): RolloutVerdict {
  const { spec, status = {} } = state;
  const set = spec?.replicas ?? 1;
  if (exact && set !== replicas) return { status: 'changed', found: set };

  const ready = Math.min(status.readyReplicas ?? 0, status.availableReplicas ?? 0);
  const hasObserved = hasSeen(state);
  if (hasObserved && ready >= replicas && !hasExcess(state, { replicas, exact })) {
    return { status: 'ready', readyReplicas: ready };
  }

  return judgeComplaints(state, act, `${ready} of ${replicas} ready`);
}

/** What its controller says of a rollout that is not complete, `missing` being what it lacks. */
export function judgeComplaints(
  state: RolloutState,
  act: Act,
  missing: string,
): Extract<RolloutVerdict, { status: 'failed' | 'progressing' }> {
  const complaints = (state.status?.conditions ?? []).filter(isComplaint);
  const before = { known: act.complaints, ...(act.at !== undefined && { at: act.at }) };
  // Until it has seen the change, what it complains of is older.
  const final = complaints.find((condition) => hasSeen(state) && isFinal(condition) && isNewer(condition, before));
  if (final !== undefined) return { status: 'failed', detail: describe(final) };
  const why = complaints.map((complaint) => `; ${describe(complaint)}`).join('');
  return { status: 'progressing', detail: `${missing}${why}` };
}

/**
 * So many replicas are ready, and serve, although their controller does not call them available yet: `minReadySeconds` may
 * be longer than there is time. Undefined: not so many.
 */
export function servingReplicas(state: RolloutState, wanted: WantedReplicas): number | undefined {
  const { readyReplicas = 0 } = state.status ?? {};
  const serves = hasSeen(state) && readyReplicas >= wanted.replicas && !hasExcess(state, wanted);
  return serves ? readyReplicas : undefined;
}

function hasExcess(state: RolloutState, { replicas, exact }: WantedReplicas): boolean {
  return exact && (state.status?.replicas ?? 0) > replicas + surgeOf(state);
}

/** What a controller complains of at present, each by what tells it from a later complaint of the same kind. */
export function complaintsOf({ status }: Pick<RolloutState, 'status'>): string[] {
  return (status?.conditions ?? []).filter(isComplaint).map(identityOf);
}

function isComplaint({ type, status, reason }: RolloutCondition): boolean {
  return type === 'Progressing'
    ? status === 'False' && reason === 'ProgressDeadlineExceeded'
    : type === 'ReplicaFailure' && status === 'True';
}

/** A quota does not grow by waiting; any other refusal of Pods may pass. */
function isFinal(condition: RolloutCondition): boolean {
  return condition.type === 'Progressing' || isOfQuota(condition);
}

/** That a quota lets it make no more Pods, as its controller says it at present; undefined: it does not say so. */
export function quotaComplaint({ status }: Pick<RolloutState, 'status'>): string | undefined {
  return (status?.conditions ?? []).find((condition) => isComplaint(condition) && isOfQuota(condition))?.message;
}

function isOfQuota({ message }: RolloutCondition): boolean {
  return message?.includes('exceeded quota') === true;
}

function describe({ type, reason, message }: RolloutCondition): string {
  return type === 'Progressing' ? `${reason ?? type}: ${message ?? ''}` : (message ?? reason ?? type);
}

/** Replicas beyond the wanted number that a rollout under way, or one that is paused in its middle, may keep. */
function surgeOf({ spec, status = {} }: RolloutState): number {
  const isMixed = (status.updatedReplicas ?? 0) < (status.replicas ?? 0);
  const { rollingUpdate, canary, blueGreen } = spec?.strategy ?? {};
  const wanted = spec?.replicas ?? 1;
  if (!isMixed) return 0;
  // Both colours stand side by side.
  if (blueGreen !== undefined) return wanted;
  const maxSurge = rollingUpdate?.maxSurge ?? (canary === undefined ? undefined : (canary.maxSurge ?? CANARY_SURGE));
  if (maxSurge === undefined) return 0;
  if (typeof maxSurge === 'number') return maxSurge;
  return Math.ceil((wanted * Number.parseFloat(maxSurge)) / 100);
}

/** Source: Argo Rollouts, `DefaultMaxSurge`. */
const CANARY_SURGE = '25%';
