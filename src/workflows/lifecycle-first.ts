import { condition } from '@temporalio/workflow';
import { formatTarget } from '../domain/format-target.ts';
import { Outcome } from '../domain/outcome.ts';
import type { Plan } from '../domain/plan/plan.ts';
import { Step } from '../domain/remediation.ts';
import { ScaleAction } from './actions/scale.ts';
import { read } from './activity-profiles.ts';
import type { Ending } from './ending.ts';
import { fail } from './fault.ts';
import type { Lifecycle } from './lifecycle.ts';
import { verify } from './verify.ts';

/**
 * The lifecycle as it was before there were guards, for runs that began on it. It is frozen: what it commands, in this
 * order, is in their histories. It goes once none of them can be running or be replayed.
 */
export async function pursueFirst(life: Lifecycle): Promise<Ending> {
  const { record, alert, id } = life;
  const decision = await read('decide by policy', (activities) => activities.decide({ alert }));
  record.keep({ decision });
  if (decision.verdict === 'reject') return { outcome: Outcome.Rejected, text: decision.reason };
  if (decision.verdict === 'human') throw fail('Internal', 'no policy of that time answered for a human');

  const { plan } = decision;
  record.index({
    action: plan.action,
    target: formatTarget(plan.target),
    mode: decision.verdict === 'observe' ? 'observe' : 'auto',
  });
  record.enter(Step.Inspecting, `Policy rule ${decision.rule} decided: ${plan.action} ${formatTarget(plan.target)}`);
  if (decision.verdict === 'observe') return { outcome: Outcome.Observed, text: 'Mode observe: not acted' };

  const [snapshot, baseline] = await Promise.all([
    read('inspect the target', (activities) => activities.inspectTarget({ target: plan.target })),
    read('measure the baseline', (a) => a.measureBaseline({ verification: plan.verification })),
  ]);
  record.keep({ snapshot, baseline });
  if (snapshot.heldBy !== undefined && snapshot.heldBy !== id) throw fail('TargetHeld', `held by ${snapshot.heldBy}`);
  const action = (life.action = new ScaleAction(id, plan, snapshot));

  const budget = await checkBudget(life, plan, action);
  if (budget?.allowed === false) return { outcome: Outcome.Denied, text: budget.reason };
  if (record.findings.alertResolved) {
    return { outcome: Outcome.AlreadyHealthy, text: 'The alert resolved before anything was changed' };
  }
  await act(life, action);
  const report = await verify(plan.verification, baseline);
  record.keep({ verification: report });
  if (report.verdict === 'good') return await watch(life, plan);
  if (report.verdict === 'inconclusive' && plan.verification.onInconclusive === 'keep') {
    return { outcome: Outcome.Escalated, text: report.summary };
  }
  throw fail(report.failure ?? 'VerificationInconclusive', report.summary);
}

async function checkBudget({ record }: Lifecycle, { budget }: Plan, action: ScaleAction) {
  const { snapshot } = record.findings;
  const { addedReplicas } = action.intent;
  if (budget === undefined || snapshot === undefined || addedReplicas === 0) return undefined;
  const { target, podRequests } = snapshot;
  record.enter(Step.CheckingBudget, `Checking that ${addedReplicas} more replicas stay within the budget`);
  const verdict = await read('check the budget', (activities) =>
    activities.checkBudget({ budget, target, addedReplicas, podRequests }),
  );
  record.keep({ budget: verdict });
  return verdict;
}

async function act({ record, saga }: Lifecycle, action: ScaleAction): Promise<void> {
  if (action.isDone) {
    record.enter(Step.AwaitingReady, `Already at ${action.intent.to}: nothing to change`);
  } else {
    record.enter(Step.Acting, action.title);
    saga.register({ name: action.title, undo: () => action.undo() });
    const scale = await action.act();
    record.enter(Step.AwaitingReady, `Scaled ${scale.before} -> ${scale.after}; waiting until ready`, { scale });
  }
  const ready = await action.awaitReady();
  record.enter(Step.Verifying, `${ready} replicas ready; verifying from fresh metrics`);
}

async function watch({ record, notify }: Lifecycle, plan: Plan): Promise<Ending> {
  record.index({ outcome: Outcome.Remediated });
  record.enter(Step.Watching, `Cured: ${record.findings.verification?.summary ?? ''}`);
  const told = notify({ kind: Outcome.Remediated, text: record.status.summary });
  const resolved = await condition(() => record.findings.alertResolved, plan.watchSeconds * 1000, {
    summary: 'watch until the alert resolves',
  });
  await told;
  if (resolved) return { outcome: Outcome.Remediated, text: 'Cured, and the alert has resolved', told: true };
  const text = `The cure was proven, yet the alert still fires after ${plan.watchSeconds} s`;
  record.keep({ fault: { type: 'AlertStillFiring', message: text, step: Step.Watching } });
  return { outcome: Outcome.Escalated, text };
}
