import { requestOf } from '../../activities/admission.ts';
import { askForMoney, type MoneyAnswer } from '../../activities/money.ts';
import type { CostSource } from '../../clients/cost/cost-source.ts';
import type { PlannedChange } from '../../domain/actions/contract.ts';
import type { Admission } from '../../domain/admission/admission.ts';
import { approvalFor } from '../../domain/approval/approval-for.ts';
import type { Alert } from '../../domain/alert/alert.ts';
import type { Decision } from '../../domain/decision.ts';
import { isPlanned } from '../../domain/decision/is-planned.ts';
import { Mode } from '../../domain/decision/mode.ts';
import { modeOf } from '../../domain/decision/mode-of.ts';
import { defined } from '../../domain/defined.ts';
import { isRetryable, MendloopError } from '../../domain/failures.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import type { AdmissionStore } from '../../store/store.ts';

export interface GuardReach {
  /** What the plan would do to its target as it is now. */
  readonly planChange: (request: Pick<Plan, 'action' | 'target' | 'parameters'>) => Promise<PlannedChange>;
  readonly countWorkloads: (namespace: string) => Promise<number>;
  readonly costSource: Pick<CostSource, 'quote' | 'measureUsage'>;
  /** Asks without changing anything. */
  readonly preview: AdmissionStore['preview'];
}

/** What one guard would say. */
export interface GuardSaying {
  readonly guard: 'target' | 'admission' | 'budget' | 'approval';
  /** Whether the remediation would go past it: at once, later, or not; unknown: it could not be asked. */
  readonly answer: 'pass' | 'wait' | 'stop' | 'unknown';
  /** One sentence for people. */
  readonly text: string;
}

/** A remediation that will never be: the store knows nothing of it. */
const NOBODY = 'remediation/explain';

/** What would be said to a decision now, in the order in which it would be asked. Nothing is changed. */
export async function askGuards(
  { decision, alert }: { readonly decision: Decision; readonly alert: Alert },
  reach: GuardReach,
): Promise<readonly GuardSaying[]> {
  if (!isPlanned(decision)) return [];
  const { plan } = decision;
  const { mode } = modeOf(decision);
  try {
    const planned = await reach.planChange(plan);
    const approval = askApprover({ plan, mode, planned });
    const target: GuardSaying = inGit(plan, planned) ?? { guard: 'target', answer: 'pass', text: planned.title };
    if (planned.isDone) return [{ ...target, text: `nothing would be changed: ${planned.title}` }];
    const money = await moneyOf({ plan, planned }, reach);
    const admission = await admissionOf({ decision, alert, plan, planned, ...money.known }, reach);
    return [target, ...approval, ...admission, ...money.said];
  } catch (error) {
    return [withoutAnswer('target', error), ...askApprover({ plan, mode })];
  }
}

/** What the budget says by itself, without its ledger; that is asked with everything else. */
async function moneyOf(
  { plan: { budget }, planned }: { plan: Plan; planned: PlannedChange },
  { costSource }: GuardReach,
): Promise<{ readonly known: { readonly money?: MoneyAnswer }; readonly said: readonly GuardSaying[] }> {
  if (budget === undefined) return { known: {}, said: [] };
  try {
    const money = await askForMoney({ costSource, budget, planned, labels: planned.labels });
    if (money === undefined)
      return { known: {}, said: [{ guard: 'budget', answer: 'pass', text: 'it costs nothing' }] };
    if ('ask' in money) return { known: { money }, said: [] };
    return { known: {}, said: [{ guard: 'budget', answer: 'stop', text: money.refused.reason }] };
  } catch (error) {
    return { known: {}, said: [withoutAnswer('budget', error)] };
  }
}

async function admissionOf(
  question: {
    readonly decision: Decision;
    readonly alert: Alert;
    readonly plan: Plan;
    readonly planned: PlannedChange;
    readonly money?: MoneyAnswer;
  },
  { countWorkloads, preview }: GuardReach,
): Promise<readonly GuardSaying[]> {
  const { decision, alert, plan, planned, money } = question;
  try {
    const { namespace } = planned.target;
    const workloadsInNamespace = namespace === '' ? 0 : await countWorkloads(namespace);
    const prepared = { planned, workloadsInNamespace, ...defined({ money }) };
    const request = requestOf({ remediationId: NOBODY, alert, plan, decision, prepared });
    return sayingsOf(await preview({ ...request, audit: [] }), plan);
  } catch (error) {
    return [withoutAnswer('admission', error)];
  }
}

function sayingsOf(answer: Admission, plan: Plan): GuardSaying[] {
  switch (answer.status) {
    case 'granted': {
      const pass: GuardSaying = { guard: 'admission', answer: 'pass', text: 'the target is free, within all limits' };
      const { budget } = answer;
      return [
        pass,
        ...(budget === undefined ? [] : [{ guard: 'budget', answer: 'pass', text: budget.reason } as const]),
      ];
    }
    case 'denied':
      return [{ guard: 'budget', answer: 'stop', text: answer.budget.reason }];
    case 'joined':
    case 'shared':
      return [
        { guard: 'admission', answer: 'wait', text: `${answer.leader} is at work on it: its end would be shared` },
      ];
    case 'queued': {
      const text = `at most ${plan.guards.waitSeconds} s, as number ${answer.position}: ${answer.text}`;
      return [{ guard: 'admission', answer: 'wait', text }];
    }
    case 'refused':
      return [{ guard: 'admission', answer: answer.until === undefined ? 'stop' : 'wait', text: answer.text }];
  }
}

/** What something else applies is left alone, or a human's to say; undefined: it is not, or policy does not mind. */
function inGit({ gitOps }: Plan, { ownership, isDone }: PlannedChange): GuardSaying | undefined {
  const appliedBy = ownership?.appliedBy;
  if (appliedBy === undefined || gitOps === 'act' || isDone) return undefined;
  return { guard: 'target', answer: gitOps === 'leave' ? 'stop' : 'wait', text: `it is applied by ${appliedBy}` };
}

/** People are asked only when a remediation runs: this is what would be asked. */
function askApprover({ plan, mode, planned }: { plan: Plan; mode: Mode; planned?: PlannedChange }): GuardSaying[] {
  const isAsked =
    plan.approval !== undefined || (plan.gitOps === 'human' && planned?.ownership?.appliedBy !== undefined);
  if (!isAsked) return [];
  const { quorum, roles, deadlineSeconds } = approvalFor(plan, planned?.ownership?.team?.name);
  const who = roles.length === 0 ? 'any approver' : roles.join(', ');
  const text = `${quorum} of ${who} would be asked, and have ${deadlineSeconds} s`;
  return mode === Mode.Observe || mode === Mode.Off ? [] : [{ guard: 'approval', answer: 'wait', text }];
}

/** What time can heal leaves the answer open; the rest would stop a remediation as well. Throws what is no failure of ours. */
function withoutAnswer(guard: GuardSaying['guard'], error: unknown): GuardSaying {
  if (!(error instanceof MendloopError)) throw error;
  const { type, message } = error;
  return { guard, answer: isRetryable(type) ? 'unknown' : 'stop', text: `${type}: ${message}` };
}
