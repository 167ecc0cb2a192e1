import type { PlannedChange } from '../../domain/actions/contract.ts';
import type { UndoResult } from '../../domain/actions/effects.ts';
import type { PreludeAct } from '../../domain/admission/admission.ts';
import type { Alert } from '../../domain/alert/alert.ts';
import type { Decision, PlannedDecision } from '../../domain/decision.ts';
import type { ModeAsk } from '../../domain/decision/mode-flag.ts';
import type { Mode } from '../../domain/decision/mode.ts';
import type { TriedRung } from '../../domain/ladder/ladder-state.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import type { AuditTrail } from './audit-trail.ts';
import type { DiagnosisDesk } from './diagnosis-desk.ts';
import type { Effects } from './effects.ts';
import type { Ending } from './ending.ts';
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

/** Whether something was let through at the fence; else why not. */
export interface Fenced {
  readonly reason: string;
  readonly text: string;
  /** An earlier attempt may have acted, and its answer was lost. */
  readonly mayHaveActed: boolean;
}

/** What comes before a plan's change and stands for its time. */
export interface PreludeKept {
  /** What was changed by it since a rung began, or may have been; undefined: nothing. */
  readonly act: PreludeAct | undefined;
  /** What a run that was reset has left standing, which is not planned again; undefined: nothing. */
  readonly standing: PlannedChange | undefined;
  /** Takes over what a run that was reset has left standing. */
  recall(life: Lifecycle, plans: readonly Plan[]): Promise<void>;
  /** What was granted is to be done next; undefined: nothing comes before the change. */
  grant(life: Lifecycle, plan: Plan, granted: PausedFor | undefined): void;
  /** Does what was granted, and waits until it has taken effect. Returns what fenced it off. @throws as an effect does. */
  make(life: Lifecycle, plan: Plan): Promise<Fenced | undefined>;
  /** Gives back what stands of it; an ending where that cannot be. Never throws. */
  giveBack(life: Lifecycle, why: string): Promise<Ending | undefined>;
  /** A further rung begins. */
  nextRung(): void;
  /** The end of the remediation, with nothing left standing, or told by whose hand. Never throws. */
  settle(life: Lifecycle, ending: Ending): Promise<Ending>;
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
  readonly prelude: PreludeKept;
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
