import { proxySinks } from '@temporalio/workflow';
import type { Sinks } from '@temporalio/workflow';
import type { Outcome } from '../domain/outcome.ts';

/** What workflows report to the worker's telemetry: outside history, at least once, never during replay. */
export interface TelemetrySinks extends Sinks {
  telemetry: {
    remediationEnded(event: RemediationEnded): void;
  };
}

export interface RemediationEnded {
  readonly action: string;
  readonly outcome: Outcome;
  /** From the workflow's start to its outcome. */
  readonly seconds: number;
}

export const { telemetry } = proxySinks<TelemetrySinks>();
