import type { ScenarioName } from '../scenario/scenarios.ts';

/** Milliseconds since the epoch at which things happened in one run; what did not happen is undefined. */
export interface Moments {
  readonly surge: number;
  readonly pending?: number | undefined;
  /** The alert fires. */
  readonly detected?: number | undefined;
  /** The webhook has made the remediation durable. */
  readonly webhook?: number | undefined;
  readonly decided?: number | undefined;
  /** The Deployment wants more replicas. */
  readonly scaled?: number | undefined;
  /** All of them are ready. */
  readonly ready?: number | undefined;
  readonly workerKilled?: number | undefined;
  readonly workerBack?: number | undefined;
  readonly verified?: number | undefined;
  /** The Deployment wants its old number of replicas again. */
  readonly rolledBack?: number | undefined;
  readonly surgeOver?: number | undefined;
  readonly resolved?: number | undefined;
  readonly paged?: number | undefined;
  readonly closed?: number | undefined;
}

/** What `--report` writes for a scenario. Null: it did not come to that. */
export interface Report {
  readonly scenario: ScenarioName;
  readonly outcome: string;
  /** Why it is no cure: a failure type of `docs/errors.md`. */
  readonly fault: string | null;
  /** Whether the worker was killed after scaling and before the proof. */
  readonly workerKilled: boolean;
  readonly replicas: { readonly before: number; readonly peak: number; readonly after: number };
  readonly p95Seconds: {
    readonly before: number | null;
    readonly worst: number | null;
    readonly after: number | null;
  };
  readonly seconds: {
    readonly surgeToDetected: number | null;
    readonly surgeToWebhook: number | null;
    readonly surgeToDecided: number | null;
    readonly webhookToScaled: number | null;
    readonly scaledToReady: number | null;
    readonly surgeToVerified: number | null;
  };
  readonly workflowId: string;
  readonly historyEvents: number;
  /** Who was called: names of the receivers that a page reached. */
  readonly notified: readonly string[];
}

/** Seconds between two moments, to the millisecond. */
export function secondsBetween(from: number | undefined, to: number | undefined): number | null {
  return from === undefined || to === undefined ? null : Math.round(to - from) / 1000;
}

export function secondsOf(moments: Moments): Report['seconds'] {
  return {
    surgeToDetected: secondsBetween(moments.surge, moments.detected),
    surgeToWebhook: secondsBetween(moments.surge, moments.webhook),
    surgeToDecided: secondsBetween(moments.surge, moments.decided),
    webhookToScaled: secondsBetween(moments.webhook, moments.scaled),
    scaledToReady: secondsBetween(moments.scaled, moments.ready),
    surgeToVerified: secondsBetween(moments.surge, moments.verified),
  };
}

/** What the file holds: the report of one scenario, or a list where several were wanted, however many came to an end. */
export function renderReports(reports: readonly Report[], wanted: number): string {
  return `${JSON.stringify(wanted === 1 ? reports[0] : reports, undefined, 2)}\n`;
}
