import type { BudgetVerdict } from './cost.ts';
import type { Decision } from './decision.ts';
import type { RestoreResult, ScaleResult, TargetSnapshot } from './effects.ts';
import type { FailureType } from './failures.ts';
import type { Baseline, VerificationReport } from './measurement.ts';
import type { Outcome } from './outcome.ts';

/** Where a remediation stands. The names are shown to people in the Web UI. */
export const Step = {
  Deciding: 'deciding',
  Inspecting: 'inspecting',
  CheckingBudget: 'checking_budget',
  Acting: 'acting',
  AwaitingReady: 'awaiting_ready',
  Verifying: 'verifying',
  Compensating: 'compensating',
  Watching: 'watching',
  Notifying: 'notifying',
  Ended: 'ended',
} as const;
export type Step = (typeof Step)[keyof typeof Step];

/** One thing that happened, for the status query and the Web UI's current details. */
export interface TimelineEntry {
  /** RFC 3339, the workflow's clock. */
  readonly at: string;
  readonly step: Step;
  readonly text: string;
}

/** Why a remediation did not end as planned. */
export interface Fault {
  readonly type: FailureType;
  readonly message: string;
  readonly step: Step;
}

/** All that is known of a remediation: the answer of the `status` query, and the record when it has ended. */
export interface RemediationStatus {
  readonly step: Step;
  readonly outcome?: Outcome;
  /** One sentence for people. */
  readonly summary: string;
  readonly alertResolved: boolean;
  readonly decision?: Decision;
  readonly snapshot?: TargetSnapshot;
  readonly budget?: BudgetVerdict;
  readonly baseline?: Baseline;
  readonly scale?: ScaleResult;
  readonly verification?: VerificationReport;
  readonly compensation?: RestoreResult;
  readonly fault?: Fault;
  /** Channels that a notice of this remediation has reached. */
  readonly notified: readonly string[];
  readonly timeline: readonly TimelineEntry[];
}

export type RemediationResult = RemediationStatus & { readonly outcome: Outcome };
