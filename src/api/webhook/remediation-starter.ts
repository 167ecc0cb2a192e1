import type { Alert } from '../../domain/alert/alert.ts';

/**
 * Makes alerts durable. Both calls are idempotent by the alert's identity, and have taken effect for good when they
 * settle.
 *
 * @throws MendloopError `TemporalUnavailable`: it may or may not have taken effect; the same call again is safe.
 * @throws MendloopError `AlertTooLarge`: this alert can never be taken.
 */
export interface RemediationStarter {
  /** `duplicate`: the alert has a remediation already, running or ended. */
  start(alert: Alert): Promise<'started' | 'duplicate'>;
  /** `ignored`: the alert has no remediation that is still running. */
  resolve(alert: Alert): Promise<'signalled' | 'ignored'>;
}
