import type { PreviousRemediation } from '../../contract/remediation.ts';
import type { Alert } from '../../domain/alert/alert.ts';
import type { Decision } from '../../domain/decision.ts';
import type { IncidentEnd } from '../../domain/incident/incident.ts';

export interface StartRequest {
  readonly remediationId: string;
  readonly alert: Alert;
  readonly cluster: string;
  /** Absent: policy could not answer; the workflow asks until it can. */
  readonly decision?: Decision;
  /** See `RemediationInput`. */
  readonly previous?: PreviousRemediation;
}

/** A worker of this process, which begins what a remediation will ask first while it is being started. */
export interface StartObserver {
  /** Told of what was decided about an alert, before it is known whether that is to be started. */
  foresee(decided: Pick<StartRequest, 'alert' | 'decision'>): void;
  /**
   * Told of each start before it is made; what it gives is told what became of it. `here`: the first task of the workflow
   * has come to a worker of this process, with the answer.
   */
  begin(request: StartRequest): ((start: { readonly here: boolean }) => void) | undefined;
}

export type StartAnswer =
  | { readonly status: 'started' }
  /** It runs. */
  | { readonly status: 'duplicate' }
  /** It has ended, which its incident does not know: the store has lost what came last. */
  | { readonly status: 'ended'; readonly end: Pick<IncidentEnd, 'outcome' | 'at'> };

export interface ResolveRequest {
  readonly remediationId: string;
  /** As it resolved. */
  readonly alert: Alert;
}

/**
 * Makes alerts durable. Both calls are idempotent by the remediation's ID, and have taken effect for good when they
 * settle.
 *
 * @throws MendloopError `TemporalUnavailable`: it may or may not have taken effect; the same call again is safe.
 * @throws MendloopError `AlertTooLarge`: this alert can never be taken.
 */
export interface RemediationStarter {
  start(request: StartRequest): Promise<StartAnswer>;
  /**
   * `signalled`: the remediation has heard of it, or the people who had been told of its failure will. `ignored`: it has
   * ended, and there is no news for anybody in this. `unknown`: there is no such workflow, not yet or not any more.
   */
  resolve(request: ResolveRequest): Promise<'signalled' | 'ignored' | 'unknown'>;
}
