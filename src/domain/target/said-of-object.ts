/** What a controller says of an object in `status.conditions`. The times are RFC 3339 in the API's JSON, whatever the client library's types call them. */
export interface SaidCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly observedGeneration?: number;
  readonly lastUpdateTime?: unknown;
  readonly lastTransitionTime?: unknown;
  /** A node's. */
  readonly lastHeartbeatTime?: unknown;
}

/** An object with what its controller says of it. */
export interface SpokenOf {
  readonly metadata?: { readonly generation?: number };
  readonly status?: {
    /** An Argo Rollout's is a text. */
    readonly observedGeneration?: number | string;
    readonly conditions?: readonly SaidCondition[];
  };
}

/** The act after which a controller's word counts. */
export interface ActBefore {
  /** Epoch ms, by the API server's clock, to the second; absent: not known. */
  readonly at?: number;
  /** What was said before it already, each by `identityOf`. */
  readonly known: readonly string[];
}

/** The condition of this type, if the controller states one. */
export function conditionOf<T extends SaidCondition>(
  { status }: { readonly status?: { readonly conditions?: readonly T[] } },
  type: string,
): T | undefined {
  return status?.conditions?.find((condition) => condition.type === type);
}

/** The controller has seen what is wanted of the object now. One that never counts generations has seen nothing. */
export function hasSeen({ metadata, status }: SpokenOf): boolean {
  return Number(status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0);
}

/** A condition is of the object as it is wanted now, as far as it or its object tells of generations. */
export function isOfGeneration(condition: SaidCondition, { metadata, status }: SpokenOf): boolean {
  const seen = condition.observedGeneration ?? status?.observedGeneration;
  return seen === undefined || Number(seen) >= (metadata?.generation ?? 0);
}

/** Epoch ms at which the controller last said it; undefined: it gives no time. */
export function saidAt({ lastUpdateTime, lastTransitionTime }: SaidCondition): number | undefined {
  return instantOf(lastUpdateTime ?? lastTransitionTime);
}

/** Epoch ms at which it was last confirmed; undefined: it is not confirmed regularly. */
export function confirmedAt({ lastHeartbeatTime }: SaidCondition): number | undefined {
  return instantOf(lastHeartbeatTime);
}

/** What tells a condition from a later one of the same kind. */
export function identityOf({ type, reason = '', lastUpdateTime, lastTransitionTime }: SaidCondition): string {
  const time = lastUpdateTime ?? lastTransitionTime;
  return `${type} ${reason} ${typeof time === 'string' ? time : ''}`;
}

/** A condition was said after the act. One without a time, or of an act whose time is not known, is new if it was not known before. */
export function isNewer(condition: SaidCondition, { at, known }: ActBefore): boolean {
  if (known.includes(identityOf(condition))) return false;
  const said = saidAt(condition);
  return at === undefined || said === undefined || said >= at;
}

function instantOf(time: unknown): number | undefined {
  const at = typeof time === 'string' ? Date.parse(time) : NaN;
  return Number.isNaN(at) ? undefined : at;
}
