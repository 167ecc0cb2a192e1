import type { ObservedRemediation } from '../observe/remediation-watch.ts';

/** One line of the timeline. */
export interface Happening {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly text: string;
  readonly tone: 'good' | 'bad' | 'quiet' | 'strong' | 'plain';
}

/** What `--json` writes for one run of an example. Null: it did not come to that. */
export interface ExampleReport {
  readonly example: string;
  readonly story: string;
  readonly outcome: string | null;
  /** What was done. */
  readonly action: string | null;
  /** Why it is no cure: a failure type of `docs/errors.md`. */
  readonly fault: string | null;
  readonly summary: string | null;
  readonly seconds: {
    readonly faultToFiring: number | null;
    /** Until the remediation was started, so that the alert is durable. */
    readonly faultToWebhook: number | null;
    /** Until the last remediation had ended. */
    readonly faultToEnd: number | null;
  };
  readonly workflowIds: readonly string[];
  readonly paged: boolean;
  /** What was in the cluster at the end. */
  readonly seen: string | null;
  /** Seconds since the fault. */
  readonly timeline: readonly { readonly seconds: number; readonly text: string }[];
  /** Every way in which it did not end as it should; empty if it did. */
  readonly unmet: readonly string[];
}

/** What was done and is not proven to have changed nothing. */
export function actionOf({ result }: ObservedRemediation): string | null {
  return result.effect?.changed === true ? (result.planned?.action ?? null) : null;
}

/** Seconds between two moments, to the millisecond. */
export function secondsBetween(from: number, to: number | undefined): number | null {
  return to === undefined ? null : Math.round(to - from) / 1000;
}
