import type { RemediationIdentity } from '../alert/remediation-id.ts';
import type { Outcome } from '../remediation/outcome.ts';

/** How an incident's remediation ended. `lost`: its workflow is gone, and never said how. */
export interface IncidentEnd {
  readonly outcome: Outcome | 'lost';
  /** Epoch ms. */
  readonly at: number;
  /** Epoch ms from which on the alert, if it still fires, is entered again; absent: not by itself. */
  readonly enterAgainAt?: number;
}

/** One spell in which an alert fires, as the store keeps it. */
export interface Incident extends RemediationIdentity {
  /** ID of its workflow, for ever. */
  readonly remediationId: string;
  /** Epoch ms; the latest start that was told of it, by the sender's clock. What ended before it is not its end. */
  readonly lastStart: number;
  /** Epoch ms, by the sender's clock: when the alert was told to have ended. Absent: its end was not heard. */
  readonly endHeardAt?: number;
  /** Its workflow is known to have been started. */
  readonly started: boolean;
  /** Its workflow, or the people who had been told of its failure, are known to have heard of the end. */
  readonly endTold: boolean;
  /** Absent: its remediation has not ended. */
  readonly ended?: IncidentEnd;
}

/** Whether what is told of the alert belongs to it without further ado. */
export function isOpen({ endHeardAt, ended }: Pick<Incident, 'endHeardAt' | 'ended'>): boolean {
  return endHeardAt === undefined && ended === undefined;
}
