import { whereInGit, whyNotSuspended } from '../../domain/gitops/judge-appliers.ts';
import type { WindowRefusal } from '../../domain/windows/calendar.ts';
import type { ChangeScope } from '../../domain/windows/window.ts';
import { requestOf, scopeOf } from '../../activities/admission.ts';
import { askForMoney, type MoneyAnswer } from '../../activities/money.ts';
import { planWithPrelude } from '../../activities/plan-prelude.ts';
import type { CostSource } from '../../clients/cost/cost-source.ts';
import type { LookAtChecks } from '../../activities/look-at-checks.ts';
import type { PlannedChange } from '../../domain/actions/contract.ts';
import { subjectOf } from '../../domain/actions/subject-of.ts';
import type { CheckLook } from '../../domain/verification/check.ts';
import type { Admission } from '../../domain/admission/admission.ts';
import { approvalFor } from '../../domain/approval/approval-for.ts';
import type { Alert } from '../../domain/alert/alert.ts';
import type { Decision } from '../../domain/decision.ts';
import { isPlanned } from '../../domain/decision/is-planned.ts';
import { Mode } from '../../domain/decision/mode.ts';
import { modeOf } from '../../domain/decision/mode-of.ts';
import { defined } from '../../domain/defined.ts';
import { isRetryable, MendloopError } from '../../domain/failures.ts';
import { preconditionsOf } from '../../domain/precondition/preconditions-of.ts';
import type { JudgedPrecondition } from '../../domain/precondition/precondition.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { describePrelude } from '../../domain/remediation/describe-prelude.ts';
import { preludeChange, titleWithPrelude } from '../../domain/remediation/prelude-state.ts';
import type { PreparedPrelude } from '../../domain/remediation/prepared.ts';
import type { AdmissionStore } from '../../store/store.ts';

export interface GuardReach {
  /** What the plan would do to its target as it is now. */
  readonly planChange: (
    request: Pick<Plan, 'action' | 'target' | 'parameters' | 'preconditions'>,
  ) => Promise<PlannedChange>;
  readonly countWorkloads: (namespace: string) => Promise<number>;
  /** Conditions and probes as they are now; undefined where the plan has none. */
  readonly lookAtChecks: LookAtChecks;
  readonly costSource: Pick<CostSource, 'quote' | 'measureUsage'>;
  /** What windows say of a change now. */
  readonly window: (scope: ChangeScope) => WindowRefusal | undefined;
  /** Asks without changing anything. */
  readonly preview: AdmissionStore['preview'];
}

/** What one guard would say. */
export interface GuardSaying {
  readonly guard: 'target' | 'precondition' | 'proof' | 'window' | 'admission' | 'budget' | 'approval';
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
    const { planned, prelude } = await planWithPrelude(reach.planChange, { plan });
    const before = preludeChange(prelude);
    const changes = before === undefined ? [planned] : [planned, before];
    const approval = askApprover({ plan, mode, planned });
    const refusal = changes.map((change) => inGit(plan, change)).find((saying) => saying !== undefined);
    const notNeeded = prelude !== undefined && 'unneeded' in prelude ? `; ${describePrelude(prelude)}` : '';
    const text = `${titleWithPrelude({ planned, ...defined({ prelude }) })}${notNeeded}`;
    const target: GuardSaying = refusal ?? { guard: 'target', answer: 'pass', text };
    const preconditions = (planned.preconditions ?? []).map(ofPrecondition);
    if (planned.isDone) return [{ ...target, text: `nothing would be changed: ${planned.title}` }];
    const [money, proof] = await Promise.all([moneyOf({ plan, planned }, reach), proofSaying(plan, planned, reach)]);
    const admission = await admissionOf({ alert, plan, planned, ...defined({ prelude }), ...money.known }, reach);
    const [window = []] = changes.map((change) => windowSaying(change, plan, reach)).filter((said) => said.length > 0);
    return [target, ...preconditions, ...proof, ...window, ...approval, ...admission, ...money.said];
  } catch (error) {
    return [...(refusedOf(error) ?? [withoutAnswer('target', error)]), ...askApprover({ plan, mode })];
  }
}

function ofPrecondition({ kind, text, met, seen }: JudgedPrecondition): GuardSaying {
  return { guard: 'precondition', answer: met ? 'pass' : 'stop', text: `${kind}: ${text}; ${seen}` };
}

/** Each precondition, where one of them speaks against the plan; undefined: none does. */
function refusedOf(error: unknown): GuardSaying[] | undefined {
  return preconditionsOf(error)?.map(ofPrecondition);
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
    readonly alert: Alert;
    readonly plan: Plan;
    readonly planned: PlannedChange;
    readonly prelude?: PreparedPrelude;
    readonly money?: MoneyAnswer;
  },
  { countWorkloads, preview }: GuardReach,
): Promise<readonly GuardSaying[]> {
  const { alert, plan, planned, prelude, money } = question;
  try {
    const { namespace } = planned.target;
    const workloadsInNamespace = await countWorkloads(namespace);
    const request = requestOf({
      remediationId: NOBODY,
      alert,
      plan,
      prepared: { planned, ...defined({ prelude, money }) },
    });
    return sayingsOf(await preview({ ...request, workloadsInNamespace, audit: [] }), plan);
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

/** Milliseconds for all conditions and probes: a server that hangs must not hold the command for long. */
const PATIENCE_MS = 10_000;

/** What conditions and probes are now. A cure is not begun that what holds already would prove. */
async function proofSaying(
  { verification }: Plan,
  planned: PlannedChange,
  { lookAtChecks }: GuardReach,
): Promise<GuardSaying[]> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const looks = await lookAtChecks({ verification, subject: subjectOf(planned), signal });
  if (looks === undefined || looks.length === 0) return [];
  const fails = looks.filter(({ status }) => status === 'fails');
  const unknown = looks.filter(({ status }) => status === 'unknown');
  const texts = (of: readonly CheckLook[]) => of.map(({ text }) => text).join('; ');
  if (unknown.length > 0) return [{ guard: 'proof', answer: 'unknown', text: texts(unknown) }];
  if (fails.length > 0) return [{ guard: 'proof', answer: 'pass', text: texts(fails) }];
  // What PromQL measures is told with the signals: it may fail where these hold.
  const answer = verification.objective === undefined ? 'stop' : 'pass';
  return [{ guard: 'proof', answer, text: `${texts(looks)}: that holds already` }];
}

/** A freeze, a maintenance, or the hours for changes; asked in the same commit as the other limits. */
function windowSaying(planned: PlannedChange, { guards }: Plan, { window }: GuardReach): GuardSaying[] {
  const refusal = window(scopeOf(planned));
  if (refusal === undefined) return [];
  const { meanwhile, until, text } = refusal;
  if (meanwhile === 'observe') return [{ guard: 'window', answer: 'stop', text: `${text}: it would be observed` }];
  const outlasts = until === undefined || until > Date.now() + guards.waitSeconds * 1000;
  const waits = outlasts ? 'longer than the plan waits: a human would be told' : 'it would wait';
  return [{ guard: 'window', answer: outlasts ? 'stop' : 'wait', text: `${text}: ${waits}` }];
}

/** What something else applies is left alone, or a human's to say; undefined: it is not, or policy does not mind. */
function inGit({ gitOps }: Plan, { ownership, isDone }: PlannedChange): GuardSaying | undefined {
  const appliedBy = ownership?.appliedBy;
  if (appliedBy === undefined || gitOps === 'act' || isDone) return undefined;
  const where = whereInGit(ownership ?? {});
  const why = gitOps === 'suspend' ? whyNotSuspended(ownership ?? {}) : undefined;
  if (gitOps === 'suspend' && why === undefined) return undefined;
  const text = `it is applied by ${appliedBy}${why === undefined ? '' : `, ${why}`}${where}`;
  return { guard: 'target', answer: gitOps === 'human' ? 'wait' : 'stop', text };
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
