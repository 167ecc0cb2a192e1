import { activityInfo, cancellationSignal } from '@temporalio/activity';
import type { AlertSource } from '../clients/confirm/alert-source.ts';
import type { CostSource } from '../clients/cost/cost-source.ts';
import type { Admission } from '../domain/admission/admission.ts';
import type { Alert } from '../domain/alert/alert.ts';
import type { SourceCheck } from '../domain/alert/source-check.ts';
import { approvalFor } from '../domain/approval/approval-for.ts';
import type { EvidenceReport } from '../domain/evidence/evidence-report.ts';
import { defined } from '../domain/defined.ts';
import { MendloopError } from '../domain/failures.ts';
import type { EvidenceClause } from '../domain/plan/evidence-clause.ts';
import type { Plan } from '../domain/plan/plan.ts';
import type { Verification } from '../domain/plan/verification-clause.ts';
import { judgePrepared, type PreparedVerdict } from '../domain/remediation/judge-prepared.ts';
import type { EarlierAct } from '../domain/remediation/earlier-act.ts';
import type { Prepared, PrepareRequest } from '../domain/remediation/prepared.ts';
import type { Baseline } from '../domain/verification/measurement.ts';
import type { Target } from '../domain/target/target.ts';
import { objectiveBefore } from '../domain/verification/objective-before.ts';
import type { PlannedChange } from '../domain/actions/contract.ts';
import type { AdmitInput } from './admission.ts';
import { toApplicationFailure } from './failure.ts';
import { measuredAhead } from './measured-ahead.ts';
import { askForMoney } from './money.ts';

export type PrepareActivities = ReturnType<typeof createPrepareActivities>;

export interface PrepareParts {
  readonly planChange: (request: Pick<Plan, 'action' | 'target' | 'parameters'>) => Promise<PlannedChange>;
  readonly source: AlertSource;
  readonly gatherEvidence: (input: { evidence: EvidenceClause }) => Promise<EvidenceReport>;
  readonly measureBaseline: (input: { verification: Verification }) => Promise<Baseline>;
  readonly costSource: Pick<CostSource, 'quote' | 'measureUsage'>;
  /** Workloads in a namespace that could be changed. */
  readonly countWorkloads: (scope: { readonly namespace: string }) => Promise<number>;
  readonly admit: (input: AdmitInput) => Promise<Admission>;
  /** What the runs did from which a reset has cut this one off. */
  readonly findEarlierAct: (run: {
    readonly workflowId: string;
    readonly runId: string;
  }) => Promise<EarlierAct | undefined>;
}

export interface PrepareInput extends PrepareRequest {
  /** Ask for admission at once if nothing speaks against it; absent: something has to happen between. */
  readonly admit?: Pick<AdmitInput, 'decision' | 'only'>;
}

export interface PrepareResult {
  readonly prepared: Prepared;
  readonly verdict: PreparedVerdict;
  readonly admission?: Admission;
  /** What is planned has been done, or may have been, by a run that was reset: nothing else may be done. */
  readonly earlier?: EarlierAct;
}

/** Milliseconds for which a source that does not know the alert yet is asked again: Prometheus sends before it stores. */
const SOURCE_PATIENCE_MS = 2000;

/**
 * Everything that has to be known before an effect. Reads only, but for the admission it may end with; idempotent by
 * `remediationId`.
 */
export function createPrepareActivities(parts: PrepareParts) {
  const { source, gatherEvidence, measureBaseline, countWorkloads, admit } = parts;

  async function read(input: PrepareInput): Promise<Prepared> {
    const { alert, plan, withoutEvidence } = input;
    const { evidence: clause, verification } = plan;
    const [planned, firing, evidence, baseline] = await Promise.all([
      plannedWithMoney(input),
      confirmed(alert),
      clause === undefined || withoutEvidence === true ? undefined : gatherEvidence({ evidence: clause }),
      measureBaseline({ verification }),
    ]);
    return {
      ...planned,
      source: firing,
      ...(evidence === undefined ? {} : { evidence }),
      baseline,
      objective: objectiveBefore(verification, baseline.objective),
      approval: approvalFor(plan, planned.planned.ownership?.team?.name),
    };
  }

  /**
   * What is left to be read where a run that was reset has acted: whether that was right was decided then, its money is
   * reserved, and what stands now is what it did.
   */
  async function readAgain({ plan }: PrepareInput, { planned }: EarlierAct): Promise<Prepared> {
    const { verification } = plan;
    const [baseline, workloadsInNamespace] = await Promise.all([
      measureBaseline({ verification }),
      workloadsAround(planned.target),
    ]);
    return {
      planned,
      source: { status: 'not_asked', text: 'it was asked before the act, by a run that was reset' },
      baseline,
      objective: objectiveBefore(verification, baseline.objective),
      approval: approvalFor(plan, planned.ownership?.team?.name),
      workloadsInNamespace,
    };
  }

  async function findEarlier({ firstRunId }: PrepareInput): Promise<EarlierAct | undefined> {
    const { workflowExecution: run } = activityInfo();
    if (run === undefined || firstRunId === undefined || run.runId === firstRunId) return undefined;
    return await parts.findEarlierAct(run);
  }

  /** What does not follow from the target is read beside it: the way to the first effect waits for the slowest alone. */
  async function plannedWithMoney({ plan }: PrepareInput) {
    const { budget, action, target, parameters } = plan;
    const costSource = budget === undefined ? parts.costSource : measuredAhead(parts.costSource, { budget, target });
    const [planned, workloadsInNamespace] = await Promise.all([
      parts.planChange({ action, target, parameters }),
      workloadsAround(target),
    ]);
    const money =
      budget === undefined || planned.isDone
        ? undefined
        : await askForMoney({ costSource, budget, planned, labels: planned.labels });
    return { planned, ...defined({ money }), workloadsInNamespace };
  }

  function workloadsAround({ namespace }: Pick<Target, 'namespace'>): Promise<number> {
    return namespace === '' ? Promise.resolve(0) : countWorkloads({ namespace });
  }

  /** A source that cannot be asked is waited for: it is no yes, and no no either. */
  async function confirmed(alert: Alert): Promise<SourceCheck> {
    const { receiver: sender } = alert;
    const asked = { signal: cancellationSignal(), patienceMs: SOURCE_PATIENCE_MS, ...defined({ sender }) };
    const check = await source.check(alert, asked);
    if (check.status === 'unknown') throw new MendloopError('AlertSourceUnavailable', check.text);
    return check;
  }

  return {
    /**
     * Reads the target with its owners, the alert at its source, evidence, objective and cost side by side; then asks for
     * admission, if that is wanted and nothing speaks against it. Fails with `AlertSourceUnavailable`, the action's own
     * refusals, and the failures of the servers it reads.
     *
     * In a run that was reset after an effect, that effect is what is planned, and nothing speaks against it.
     */
    async prepare(input: PrepareInput): Promise<PrepareResult> {
      const { remediationId, alert, plan, admit: asks } = input;
      try {
        const earlier = await findEarlier(input);
        const prepared = earlier === undefined ? await read(input) : await readAgain(input, earlier);
        const verdict =
          earlier === undefined
            ? judgePrepared(prepared, { gitOps: plan.gitOps, hasHuman: input.hasHuman })
            : ({ go: true } as const);
        const found = { prepared, verdict, ...defined({ earlier }) };
        if (!verdict.go || asks === undefined) return found;
        const only = earlier === undefined ? asks.only : undefined;
        const ask = { decision: asks.decision, remediationId, alert, plan, prepared, ...defined({ only }) };
        return { ...found, admission: await admit(ask) };
      } catch (error) {
        throw toApplicationFailure(error);
      }
    },
  };
}
