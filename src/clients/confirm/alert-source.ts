import type { Alert } from '../../domain/alert/alert.ts';
import type { SourceCheck } from '../../domain/alert/source-check.ts';

/** What tells an alert from all others. */
export type CheckedAlert = Pick<Alert, 'labels' | 'fingerprint'>;

/** One question to one source. @throws the signal's reason when it is aborted. */
export type SourceLook = (alert: CheckedAlert, signal: AbortSignal) => Promise<SourceCheck>;

export interface CheckOptions {
  /** Name of the sender by which the settings know it; absent: the default entry. */
  readonly sender?: string;
  readonly signal?: AbortSignal;
  /**
   * Milliseconds for which a source that does not know the alert is asked again: Prometheus sends an alert before it
   * stores it, and one Alertmanager of several hears of it before the others. Zero: it is asked once. Default: 4000.
   */
  readonly patienceMs?: number;
}

/** Who knows whether an alert fires. */
export interface AlertSource {
  /**
   * Whether the alert fires at its source. Takes `patienceMs` and two seconds at most, and one round trip if it does
   * fire. Never fails for a source that is away: that is `unknown`. Rejects with the signal's reason when it is aborted.
   */
  check(alert: CheckedAlert, options?: CheckOptions): Promise<SourceCheck>;
  close(): Promise<void>;
}
