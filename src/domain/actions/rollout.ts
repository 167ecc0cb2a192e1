/** What of a workload's spec and status decides whether it is ready; the same for every kind that can be scaled. */
export interface RolloutState {
  readonly metadata?: { readonly generation?: number };
  readonly spec?: {
    readonly replicas?: number;
    /** A Deployment's. */
    readonly strategy?: { readonly rollingUpdate?: { readonly maxSurge?: number | string } };
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

export interface RolloutCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  /** RFC 3339 in the API's JSON, whatever the client library's types call it. */
  readonly lastUpdateTime?: unknown;
  readonly lastTransitionTime?: unknown;
}

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

  const complaints = (status.conditions ?? []).filter(isComplaint);
  // Until it has seen the change, what it complains of is older.
  const final = complaints.find((condition) => hasObserved && isFinal(condition) && isNewer(condition, act));
  if (final !== undefined) return { status: 'failed', detail: describe(final) };
  const why = complaints.map((complaint) => `; ${describe(complaint)}`).join('');
  return { status: 'progressing', detail: `${ready} of ${replicas} ready${why}` };
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

/** Its controller has seen what is wanted of it. */
function hasSeen({ metadata, status }: RolloutState): boolean {
  return (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0);
}

function hasExcess(state: RolloutState, { replicas, exact }: WantedReplicas): boolean {
  return exact && (state.status?.replicas ?? 0) > replicas + surgeOf(state);
}

/** What a controller complains of at present, each by what tells it from a later complaint of the same kind. */
export function complaintsOf({ status }: Pick<RolloutState, 'status'>): string[] {
  return (status?.conditions ?? []).filter(isComplaint).map(identify);
}

function isComplaint({ type, status, reason }: RolloutCondition): boolean {
  return type === 'Progressing'
    ? status === 'False' && reason === 'ProgressDeadlineExceeded'
    : type === 'ReplicaFailure' && status === 'True';
}

/** A quota does not grow by waiting; any other refusal of Pods may pass. */
function isFinal({ type, message }: RolloutCondition): boolean {
  return type === 'Progressing' || message?.includes('exceeded quota') === true;
}

function isNewer(condition: RolloutCondition, { at, complaints }: Act): boolean {
  if (complaints.includes(identify(condition))) return false;
  const updatedAt = Date.parse(updatedOf(condition));
  return at === undefined || Number.isNaN(updatedAt) || updatedAt >= at;
}

function identify(condition: RolloutCondition): string {
  return `${condition.type} ${condition.reason ?? ''} ${updatedOf(condition)}`;
}

function updatedOf({ lastUpdateTime, lastTransitionTime }: RolloutCondition): string {
  const time = lastUpdateTime ?? lastTransitionTime;
  return typeof time === 'string' ? time : '';
}

function describe({ type, reason, message }: RolloutCondition): string {
  return type === 'Progressing' ? `${reason ?? type}: ${message ?? ''}` : (message ?? reason ?? type);
}

/** Replicas beyond the wanted number that a rollout under way, or one that is paused in its middle, may keep. */
function surgeOf({ spec, status = {} }: RolloutState): number {
  const isMixed = (status.updatedReplicas ?? 0) < (status.replicas ?? 0);
  const { maxSurge } = spec?.strategy?.rollingUpdate ?? {};
  if (!isMixed || maxSurge === undefined) return 0;
  if (typeof maxSurge === 'number') return maxSurge;
  return Math.ceil(((spec?.replicas ?? 1) * Number.parseFloat(maxSurge)) / 100);
}
