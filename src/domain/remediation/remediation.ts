import type { ApprovalState } from '../approval/approval.ts';
import type { BudgetVerdict } from '../cost/cost.ts';
import type { Decision } from '../decision.ts';
import type { Diagnosis } from '../diagnosis/diagnosis.ts';
import type { EvidenceReport } from '../evidence/evidence-report.ts';
import type { PlannedChange } from '../actions/contract.ts';
import type { ChangePreview, EffectResult, ObservedAt, UndoResult } from '../actions/effects.ts';
import type { JudgedPrecondition } from '../precondition/precondition.ts';
import type { SourceCheck } from '../alert/source-check.ts';
import type { LadderState } from '../ladder/ladder-state.ts';
import type { FailureType } from '../failures.ts';
import type { PreludeState } from './prelude-state.ts';
import type { ObjectiveBefore } from './prepared.ts';
import type { Baseline, VerificationReport } from '../verification/measurement.ts';
import type { Outcome } from './outcome.ts';

/** Where a remediation stands. The names are shown to people in the Web UI. */
export const Step = {
  Deciding: 'deciding',
  /** The target, the alert at its source, evidence, objective and cost are read. */
  Preparing: 'preparing',
  /** Target, slot and money are asked for. */
  Admitting: 'admitting',
  /** Another remediation works on the target; this one shares its end. */
  Joined: 'joined',
  AwaitingApproval: 'awaiting_approval',
  Acting: 'acting',
  /** Until the effect is done: Pods ready, a node empty. */
  Verifying: 'verifying',
  Compensating: 'compensating',
  Watching: 'watching',
  /** Going back to the baseline in steps. */
  Leasing: 'leasing',
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
  /** What the plan wanted to be so, as it was judged, where that is why. */
  readonly preconditions?: readonly JudgedPrecondition[];
}

/** One step of a lease: what it did, and how that went. */
export interface LeaseRecord {
  /** RFC 3339, the workflow's clock. */
  readonly at: string;
  readonly from: number;
  readonly to: number;
  readonly reason: string;
  /** `hurt`: the objective did not hold with less, so that the step was taken back. */
  readonly result: 'kept' | 'hurt';
  /** The verification's sentence. */
  readonly summary: string;
}

/** All that is known of a remediation: the answer of the `status` query, and the record when it has ended. */
export interface RemediationStatus {
  readonly step: Step;
  readonly outcome?: Outcome;
  /** One sentence for people. */
  readonly summary: string;
  readonly alertResolved: boolean;
  readonly decision?: Decision;
  /** Where the decision has several plans; what follows here is of the one that is tried now, or was last. */
  readonly ladder?: LadderState;
  readonly evidence?: EvidenceReport;
  /** The remediation whose end this one shares. */
  readonly leader?: string;
  readonly approval?: ApprovalState;
  /** The planned change, as the API server says it would be. */
  readonly preview?: ChangePreview;
  /** What the action would do, as it was last worked out. */
  readonly planned?: PlannedChange;
  /** What comes before that change and makes room for it; absent: nothing does. */
  readonly prelude?: PreludeState;
  /** Whether the alert fires at its source. */
  readonly source?: SourceCheck;
  readonly budget?: BudgetVerdict;
  readonly baseline?: Baseline;
  readonly objective?: ObjectiveBefore;
  /** Absent: nothing was done, or its answer was never heard. */
  readonly effect?: EffectResult;
  /** When the effect was seen to be done. */
  readonly observed?: ObservedAt;
  readonly verification?: VerificationReport;
  readonly compensation?: UndoResult;
  /** The newest steps of the lease, oldest first. */
  readonly lease?: readonly LeaseRecord[];
  readonly fault?: Fault;
  /** What was seen of the target when a human had to be asked or told; absent: none had to be, or it could not be taken. */
  readonly diagnosis?: Diagnosis;
  /** Channels that a notice of this remediation has reached. */
  readonly notified: readonly string[];
  readonly timeline: readonly TimelineEntry[];
}

export type RemediationResult = RemediationStatus & { readonly outcome: Outcome };
