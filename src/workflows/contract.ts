import type { Alert } from '../domain/alert.ts';
import type { RemediationResult, RemediationStatus } from '../domain/remediation.ts';

/**
 * The names by which the API, the CLI and other workflows reach a remediation. They are in the histories of running
 * workflows: changing one breaks them.
 */
export const REMEDIATION_WORKFLOW = 'remediation';
export const RESOLVED_SIGNAL = 'resolved';
export const STATUS_QUERY = 'status';

export interface RemediationInput {
  readonly alert: Alert;
}

/** Arguments of the `resolved` signal. */
export interface ResolvedNotice {
  /** RFC 3339; when the alert ended, by Alertmanager's clock. */
  readonly endsAt?: string;
}

export type { RemediationResult, RemediationStatus };
