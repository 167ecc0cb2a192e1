import type { UndoResult } from '../../domain/actions/effects.ts';
import type { Alert } from '../../domain/alert/alert.ts';
import type { Decision, PlannedDecision } from '../../domain/decision.ts';
import type { Mode } from '../../domain/decision/mode.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import type { AuditTrail } from './audit-trail.ts';
import type { Effects } from './effects.ts';
import type { Message } from './notices.ts';
import type { RemediationRecord } from './record.ts';
import type { Saga } from './saga.ts';
import type { AdmissionPass } from './stages/admission-pass.ts';
import type { ApprovalDesk } from './stages/approval-desk.ts';
import type { PageHold } from './stages/page-hold.ts';

/** One remediation on its way: what it knows, holds and has to undo. */
export interface Lifecycle {
  readonly id: string;
  readonly alert: Alert;
  readonly cluster: string;
  /** What policy said before the start; absent: it could not answer. */
  readonly decision: Decision | undefined;
  readonly record: RemediationRecord;
  readonly saga: Saga<UndoResult>;
  readonly pass: AdmissionPass;
  readonly desk: ApprovalDesk;
  readonly audit: AuditTrail;
  readonly page: PageHold;
  readonly notify: (message: Message) => Promise<void>;
  /** The spell was held back before, and people were told: that is over now. */
  readonly endHeldBack: () => Promise<void>;
  /** What was granted, and what it does; undefined until then. */
  effects: Effects | undefined;
}

/** What is to be done about it. */
export interface Remedy {
  readonly decision: PlannedDecision;
  readonly plan: Plan;
  readonly mode: Mode;
  readonly withoutEvidence: boolean;
}
