import { proxySinks } from '@temporalio/workflow';
import type { Sinks } from '@temporalio/workflow';
import { type Milestone, secondsSinceAlert } from '../../domain/remediation/milestone.ts';
import type { Mode } from '../../domain/decision/mode.ts';
import type { Outcome } from '../../domain/remediation/outcome.ts';

/** What workflows report to the worker's telemetry: outside history, at least once, never during replay. */
export interface TelemetrySinks extends Sinks {
  telemetry: {
    remediationEnded(event: RemediationEnded): void;
    milestoneReached(event: MilestoneReached): void;
  };
}

export interface RemediationEnded {
  readonly action: string;
  readonly outcome: Outcome;
  /** From the workflow's start to its outcome. */
  readonly seconds: number;
  /** Absent: what the workflow's search attributes say. */
  readonly mode?: Mode;
}

export interface MilestoneReached {
  readonly milestone: Milestone;
  /** From the alert's start, by the workflow's clock. */
  readonly seconds: number;
  /** The trace to look at, if there is one. */
  readonly traceId?: string | undefined;
}

export const { telemetry } = proxySinks<TelemetrySinks>();

/** Reports how long after its alert's start, in epoch ms, the running remediation has reached a milestone. */
export function reportMilestone(reached: {
  readonly milestone: Milestone;
  readonly alertStartsAt: number;
  readonly traceId: string | undefined;
}): void {
  const { milestone, alertStartsAt, traceId } = reached;
  const seconds = secondsSinceAlert(alertStartsAt, Date.now());
  if (seconds !== undefined) telemetry.milestoneReached({ milestone, seconds, traceId });
}
