import type { Alert } from '../../domain/alert/alert.ts';

/**
 * Bytes of an alert as JSON. Half of Temporal's default limit for one payload: the workflow hands the alert on to
 * activities together with what it has found out.
 */
const MAX_ALERT_BYTES = 1024 * 1024;

/** Whether an alert can be taken at all. */
export function isTooLarge(alert: Alert): boolean {
  return Buffer.byteLength(JSON.stringify(alert)) > MAX_ALERT_BYTES;
}
