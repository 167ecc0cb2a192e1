import type { Alert } from './alert.ts';
import { Outcome } from './outcome.ts';

/** Name of the alert that Mendloop raises when a human has to take over. */
export const FAILURE_ALERT = 'RemediationFailed';

/** What people are told about a remediation, whatever the channel. Optional fields are left out where unknown. */
export interface RemediationNotice {
  readonly kind: Outcome;
  readonly remediationId: string;
  readonly alert: Pick<Alert, 'labels' | 'annotations' | 'startsAt'>;
  /** One sentence. */
  readonly summary: string;
  /** What happened, one line each, oldest first. */
  readonly details: readonly string[];
  /** Name of the plan's action. */
  readonly action?: string;
  /** `cluster/namespace/Kind/name`. */
  readonly target?: string;
  /** Replicas of the target before and after the act; after an undo the target is back at `before`. */
  readonly replicas?: { readonly before: number; readonly after: number };
  /** The signal that verification judged, in its unit; null where it was not known. */
  readonly signal?: {
    readonly name: string;
    readonly unit: string;
    readonly before: number | null;
    readonly after: number | null;
  };
  /** Of the plan; without it, the alert's annotation `runbook_url` is told. */
  readonly runbookUrl?: string;
  /** What a human types to undo what the machine could not. */
  readonly manualCommand?: string;
  /** The remediation in Temporal's Web UI. */
  readonly webUiUrl?: string;
}

/**
 * What a notice asks of people: `failure` to take over, `event` nothing. A `rejected` alert is nobody's business: no
 * rule knows it, and whoever it concerns has been told by Alertmanager.
 */
export function urgencyOf({ kind }: Pick<RemediationNotice, 'kind'>): 'failure' | 'event' | 'none' {
  switch (kind) {
    case Outcome.RolledBack:
    case Outcome.Escalated:
    case Outcome.Denied:
    case Outcome.Expired:
      return 'failure';
    case Outcome.Remediated:
    case Outcome.Observed:
    case Outcome.Suppressed:
    case Outcome.Joined:
    case Outcome.AlreadyHealthy:
    case Outcome.Cancelled:
      return 'event';
    case Outcome.Rejected:
      return 'none';
  }
}
