import type { PlannedChange } from '../actions/contract.ts';
import type { MoneyAsk } from '../admission/admission.ts';
import type { Alert } from '../alert/alert.ts';
import type { SourceCheck } from '../alert/source-check.ts';
import type { BudgetVerdict } from '../cost/cost.ts';
import type { EvidenceReport } from '../evidence/evidence-report.ts';
import type { ApprovalClause } from '../plan/approval-clause.ts';
import type { Plan } from '../plan/plan.ts';
import type { Target } from '../target/target.ts';
import type { Baseline } from '../verification/measurement.ts';

export interface PrepareRequest {
  readonly remediationId: string;
  readonly alert: Alert;
  readonly plan: Plan;
  /** Which plan of a ladder it is, from 1; absent: the first. */
  readonly rung?: number;
  /**
   * What an earlier plan has found to be behind the Pod that this one names: that Pod may be gone by the earlier one's doing.
   * Absent: nothing was found yet, or no Pod is named.
   */
  readonly behind?: Target;
  /** The prelude of this plan that stands by this remediation's hand already: it is not planned again. */
  readonly standing?: PlannedChange;
  /** Evidence is gathered already, or takes longer than a local activity may. */
  readonly withoutEvidence?: boolean;
  /** A human is asked, or has said yes already. */
  readonly hasHuman?: boolean;
  /** The run in which the workflow was started; another one that asks was reset. Absent: that is not looked at. */
  readonly firstRunId?: string;
}

/** The objective, before anything was changed. */
export type ObjectiveBefore =
  | { readonly status: 'not_met'; readonly text: string }
  /** A cure could not be told from what was so already. */
  | { readonly status: 'met'; readonly text: string }
  /** What cannot be measured before the act cannot be proven after it. */
  | { readonly status: 'unknown'; readonly text: string };

/** What comes before the change; or why it is not needed. */
export type PreparedPrelude = { readonly planned: PlannedChange } | { readonly unneeded: string };

/** All that has to be known before an effect, read side by side. */
export interface Prepared {
  readonly planned: PlannedChange;
  /** Absent: the plan has none, or there is nothing to be done. */
  readonly prelude?: PreparedPrelude;
  readonly source: SourceCheck;
  readonly evidence?: EvidenceReport;
  readonly baseline: Baseline;
  readonly objective: ObjectiveBefore;
  /** Who has to say yes, by the object and by what policy says of its team; asked only where a human is. */
  readonly approval: ApprovalClause;
  /** What the change asks of a budget; or why that budget cannot allow it. Absent: it needs none. */
  readonly money?: { readonly ask: MoneyAsk } | { readonly refused: BudgetVerdict };
}
