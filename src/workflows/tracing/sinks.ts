import { proxySinks, workflowInfo } from '@temporalio/workflow';
import type { Sinks } from '@temporalio/workflow';
import { type Milestone, secondsSinceAlert } from '../../domain/remediation/milestone.ts';
import type { Mode } from '../../domain/decision/mode.ts';
import type { Outcome } from '../../domain/remediation/outcome.ts';
import { parseRemediationId } from '../../domain/alert/parse-remediation-id.ts';

/** What workflows report to the worker's telemetry: outside history, at least once, never during replay. */
export interface TelemetrySinks extends Sinks {
  telemetry: {
    remediationEnded(event: RemediationEnded): void;
    milestoneReached(event: MilestoneReached): void;
    breakerChanged(event: BreakerChanged): void;
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

export interface BreakerChanged {
  readonly to: 'open' | 'closed';
}

export const { telemetry } = proxySinks<TelemetrySinks>();

/** Reports how long after its alert's start the running remediation has reached a milestone. */
export function reportMilestone(milestone: Milestone, traceId: string | undefined): void {
  const identity = parseRemediationId(workflowInfo().workflowId);
  const seconds = identity === undefined ? undefined : secondsSinceAlert(identity.startsAtMs, Date.now());
  if (seconds !== undefined) telemetry.milestoneReached({ milestone, seconds, traceId });
}
