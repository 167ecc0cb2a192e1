import type { AlertSource } from '../clients/confirm/alert-source.ts';
import type { CostSource } from '../clients/cost/cost-source.ts';
import type { SealedStart } from '../contract/remediation.ts';
import type { PlannedChange } from '../domain/actions/contract.ts';
import { subjectOf } from '../domain/actions/subject-of.ts';
import type { Admission } from '../domain/admission/admission.ts';
import type { Alert } from '../domain/alert/alert.ts';
import type { SourceCheck } from '../domain/alert/source-check.ts';
import { approvalFor } from '../domain/approval/approval-for.ts';
import { defined } from '../domain/defined.ts';
import type { EvidenceReport } from '../domain/evidence/evidence-report.ts';
import { MendloopError } from '../domain/failures.ts';
import type { EvidenceClause } from '../domain/plan/evidence-clause.ts';
import type { Verification } from '../domain/plan/verification-clause.ts';
import type { EarlierAct } from '../domain/remediation/earlier-act.ts';
import { judgePrepared, type PreparedVerdict } from '../domain/remediation/judge-prepared.ts';
import { preludeChange } from '../domain/remediation/prelude-state.ts';
import type { Prepared, PrepareRequest } from '../domain/remediation/prepared.ts';
import type { Baseline } from '../domain/verification/measurement.ts';
import { objectiveBefore } from '../domain/verification/objective-before.ts';
import type { AdmitInput } from './admission.ts';
import type { LookAtChecks } from './look-at-checks.ts';
import { measuredAhead } from './measured-ahead.ts';
import { askForMoney } from './money.ts';
import { planWithPrelude } from './plan-prelude.ts';
import type { PlanChangeRequest } from './plan-change.ts';

export interface PreparationParts {
  readonly planChange: (request: PlanChangeRequest) => Promise<PlannedChange>;
  readonly source: AlertSource;
  readonly gatherEvidence: (input: { evidence: EvidenceClause }, signal: AbortSignal) => Promise<EvidenceReport>;
  readonly measureBaseline: (input: { verification: Verification }, signal: AbortSignal) => Promise<Baseline>;
  /** Conditions and probes as they are now; undefined where the plan has none. */
  readonly lookAtChecks: LookAtChecks;
  readonly costSource: Pick<CostSource, 'quote' | 'measureUsage'>;
  readonly admit: (input: AdmitInput) => Promise<Admission>;
  /** Begins to read what `admit` of the same will look at. */
  readonly foreseeAdmission: (input: AdmitInput) => void;
}

export interface PrepareInput extends PrepareRequest {
  /** Argument of the remediation, whose signature is verified before anything is read; absent: that has been done. */
  readonly start?: SealedStart;
  /** Ask for admission at once if nothing speaks against it; absent: something has to happen between. */
  readonly admit?: Pick<AdmitInput, 'decision' | 'only' | 'ladder' | 'holds'>;
}

/** What reads depend on: whose remediation it will be is no part of it. */
export type LookInput = Pick<PrepareInput, 'alert' | 'plan' | 'withoutEvidence' | 'hasHuman' | 'behind' | 'standing'> &
  Partial<Pick<PrepareInput, 'remediationId'>>;

/** What was read, and what follows from it. */
export interface Found {
  readonly prepared: Prepared;
  readonly verdict: PreparedVerdict;
  /** What is planned has been done, or may have been, by a run that was reset: nothing else may be done. */
  readonly earlier?: EarlierAct;
}

/** Everything that has to be known before an effect, and the admission that it ends with. */
export interface Preparation {
  /**
   * Reads the target with its owners, the alert at its source, evidence, objective and cost side by side.
   *
   * @throws MendloopError `AlertSourceUnavailable`, the action's own refusals, and the failures of the servers it reads.
   */
  look(input: LookInput, signal: AbortSignal): Promise<Found>;
  /** What is left to be read where a run that was reset has acted. @throws as `look`. */
  lookAgain(input: PrepareInput, earlier: EarlierAct, signal: AbortSignal): Promise<Found>;
  /** Begins to read what `admit` of the same will look at, if it is asked soon. */
  foresee(input: PrepareInput, found: Found): void;
  /** Asks for what is named, if nothing speaks against it. Idempotent by `remediationId`. @throws MendloopError `StoreUnavailable`. */
  admit(input: PrepareInput, found: Found): Promise<Admission | undefined>;
}

/** Milliseconds for which a source that does not know the alert yet is asked again: Prometheus sends before it stores. */
const SOURCE_PATIENCE_MS = 2000;

export function createPreparation(parts: PreparationParts): Preparation {
  const { source, gatherEvidence, measureBaseline, lookAtChecks } = parts;

  async function read(input: LookInput, signal: AbortSignal): Promise<Prepared> {
    const { alert, plan, withoutEvidence } = input;
    const { evidence: clause, verification } = plan;
    const planning = plannedWithMoney(input);
    const [planned, firing, evidence, baseline] = await Promise.all([
      planning,
      confirmed(alert, signal),
      clause === undefined || withoutEvidence === true ? undefined : gatherEvidence({ evidence: clause }, signal),
      measured({ verification, planning: async () => (await planning).planned, signal }),
    ]);
    return {
      ...planned,
      source: firing,
      ...(evidence === undefined ? {} : { evidence }),
      baseline,
      objective: objectiveBefore(verification, baseline),
      approval: approvalFor(plan, teamOf(planned)),
    };
  }

  /** Signals at once; conditions as soon as it is known what they are about. */
  async function measured(ask: {
    readonly verification: Verification;
    /** Asked only where it is needed: a promise that is not awaited would end the process when the target is refused. */
    readonly planning: () => Promise<PlannedChange>;
    readonly signal: AbortSignal;
  }): Promise<Baseline> {
    const { verification, planning, signal } = ask;
    const looking = async () => {
      const { conditions, probes } = verification;
      if (conditions.length + probes.length === 0) return undefined;
      return await lookAtChecks({ verification, subject: subjectOf(await planning()), signal });
    };
    const [signals, checks] = await Promise.all([measureBaseline({ verification }, signal), looking()]);
    return { ...signals, ...defined({ checks }) };
  }

  /** Whether that was right was decided then, its money is reserved, and what stands now is what it did. */
  async function readAgain(
    { plan, standing }: PrepareInput,
    { planned }: EarlierAct,
    signal: AbortSignal,
  ): Promise<Prepared> {
    const { verification } = plan;
    const baseline = await measured({ verification, planning: () => Promise.resolve(planned), signal });
    return {
      planned,
      ...(standing === undefined ? {} : { prelude: { planned: standing } }),
      source: { status: 'not_asked', text: 'it was asked before the act, by a run that was reset' },
      baseline,
      objective: objectiveBefore(verification, baseline),
      approval: approvalFor(plan, planned.ownership?.team?.name),
    };
  }

  /** What does not follow from the target is read beside it: the way to the first effect waits for the slowest alone. */
  async function plannedWithMoney({ plan, behind, standing, remediationId }: LookInput) {
    const { budget, target } = plan;
    const costSource = budget === undefined ? parts.costSource : measuredAhead(parts.costSource, { budget, target });
    const { planned, prelude } = await planWithPrelude(parts.planChange, {
      plan,
      ...defined({ behind, standing, remediationId }),
    });
    const money =
      budget === undefined || planned.isDone
        ? undefined
        : await askForMoney({ costSource, budget, planned, labels: planned.labels });
    return { planned, ...defined({ prelude, money }) };
  }

  /** A source that cannot be asked is waited for: it is no yes, and no no either. */
  async function confirmed(alert: Alert, signal: AbortSignal): Promise<SourceCheck> {
    const { receiver: sender } = alert;
    const asked = { signal, patienceMs: SOURCE_PATIENCE_MS, ...defined({ sender }) };
    const check = await source.check(alert, asked);
    if (check.status === 'unknown') throw new MendloopError('AlertSourceUnavailable', check.text);
    return check;
  }

  return {
    async look(input, signal) {
      const prepared = await read(input, signal);
      return { prepared, verdict: judgePrepared(prepared, { gitOps: input.plan.gitOps, hasHuman: input.hasHuman }) };
    },
    lookAgain: async (input, earlier, signal) => ({
      prepared: await readAgain(input, earlier, signal),
      verdict: { go: true },
      earlier,
    }),
    foresee(input, found) {
      const asked = askOf(input, found);
      if (asked !== undefined) parts.foreseeAdmission(asked);
    },
    async admit(input, found) {
      const asked = askOf(input, found);
      return asked && (await parts.admit(asked));
    },
  };
}

/** Whose the change is; of an object that is no team's, whose the prelude's is. */
function teamOf({ planned, prelude }: Pick<Prepared, 'planned' | 'prelude'>): string | undefined {
  return planned.ownership?.team?.name ?? preludeChange(prelude)?.ownership?.team?.name;
}

/** Undefined: something speaks against it, or nothing is asked for. */
function askOf(
  { remediationId, alert, plan, rung = 1, admit: asks }: PrepareInput,
  { prepared, verdict, earlier }: Found,
): AdmitInput | undefined {
  if (!verdict.go || asks === undefined) return undefined;
  // It is asked again as the rung that it is.
  if (earlier !== undefined && (earlier.rung ?? 1) !== rung) return undefined;
  return {
    ...{ decision: asks.decision, remediationId, alert, plan, prepared },
    ...defined({
      only: earlier === undefined ? asks.only : undefined,
      hasActed: earlier === undefined ? undefined : true,
      ladder: asks.ladder,
      holds: asks.holds,
    }),
  };
}
