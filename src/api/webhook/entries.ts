import type { Alert } from '../../domain/alert/alert.ts';
import type { AlertResult } from '../../telemetry/metrics.ts';

/** One alert of a payload, with how often the payload holds it. */
export interface Entry {
  readonly alert: Alert;
  /** Of the first time, in what was given. */
  readonly index: number;
  times: number;
}

/** Each alert once for each status. */
export function distinct(alerts: readonly Alert[]): Entry[] {
  const entries = new Map<string, Entry>();
  for (const [index, alert] of alerts.entries()) {
    const key = `${alert.status} ${alert.fingerprint} ${alert.labels['alertname'] ?? ''}`;
    const entry = entries.get(key);
    if (entry === undefined) entries.set(key, { alert, index, times: 1 });
    else entry.times += 1;
  }
  return [...entries.values()];
}

/** What the second entry of the same alert counts as. */
export const again: Readonly<Record<AlertResult, AlertResult>> = {
  started: 'duplicate',
  duplicate: 'duplicate',
  repeat: 'repeat',
  signalled: 'ignored',
  ignored: 'ignored',
  unhandled: 'unhandled',
  failed: 'failed',
  rejected: 'rejected',
};
