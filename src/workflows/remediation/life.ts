import type { PlannedChange } from '../../domain/actions/contract.ts';
import type { UndoResult } from '../../domain/actions/effects.ts';
import type { Alert } from '../../domain/alert/alert.ts';
import type { Decision, PlannedDecision } from '../../domain/decision.ts';
import type { ModeAsk } from '../../domain/decision/mode-flag.ts';
import type { Mode } from '../../domain/decision/mode.ts';
import type { TriedRung } from '../../domain/ladder/ladder-state.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import type { AuditTrail } from './audit-trail.ts';
import type { DiagnosisDesk } from './diagnosis-desk.ts';
import type { Effects } from './effects.ts';
import type { Message } from './notices.ts';
import type { OrderDoor } from './order-door.ts';
import type { RemediationRecord } from './record.ts';
import type { Saga } from './saga.ts';
import type { AdmissionPass } from './stages/admission-pass.ts';
import type { ApprovalDesk } from './stages/approval-desk.ts';
import type { PageHold } from './stages/page-hold.ts';
import type { RightOfWay } from './stages/right-of-way.ts';
import type { Turn } from './stages/turn.ts';

export interface PausedFor {
  readonly planned: PlannedChange;
  readonly epoch: number;
  readonly mode: ModeAsk | undefined;
}

/** Argo CD and Flux, kept from putting a change back while it stands. */
export interface AppliersPaused {
  /** @throws as an effect does. */
  pause(life: Lifecycle, change: PausedFor): Promise<void>;
  /** Never throws. */
  resume(life: Lifecycle): Promise<void>;
}

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
  readonly turn: Turn;
  readonly way: RightOfWay;
  readonly desk: ApprovalDesk;
  readonly audit: AuditTrail;
  readonly page: PageHold;
  /** What would put a change back, and is kept from it. */
  readonly pauses: AppliersPaused;
  /** For the human who is asked or told. */
  readonly diagnosis: DiagnosisDesk;
  readonly door: OrderDoor;
  readonly notify: (message: Message) => Promise<void>;
  /** The spell was held back before, and people were told: that is over now. */
  readonly endHeldBack: () => Promise<void>;
  /** What was granted, and what it does; undefined until then. */
  effects: Effects | undefined;
  /** Which of the decision's plans is tried, from 1, and those that were before it. */
  ladder: { readonly rung: number; readonly tried: readonly TriedRung[] };
  /** Of those that were granted. */
  readonly earlierEffects: Effects[];
}

/** What is to be done about it. */
export interface Remedy {
  readonly decision: PlannedDecision;
  readonly plan: Plan;
  readonly mode: Mode;
  readonly withoutEvidence: boolean;
}
