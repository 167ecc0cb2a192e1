import {
  allHandlersFinished,
  CancellationScope,
  condition,
  defineQuery,
  defineSignal,
  isCancellation,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { Alert } from '../domain/alert.ts';
import type { Plan } from '../domain/plan/plan.ts';
import { Outcome } from '../domain/outcome.ts';
import { type RemediationResult, Step } from '../domain/remediation.ts';
import { formatTarget } from '../domain/format-target.ts';
import { ScaleAction } from './actions/scale.ts';
import { read, wait } from './activity-profiles.ts';
import {
  type RemediationInput,
  RESOLVED_SIGNAL,
  type ResolvedNotice,
  type RemediationStatus,
  STATUS_QUERY,
} from './contract.ts';
import { type Ending, endingAfterFault } from './ending.ts';
import { fail, faultOf } from './fault.ts';
import { notifyPeople } from './notices.ts';
import { RemediationRecord } from './record.ts';
import { Saga } from './saga.ts';
import { telemetry } from './sinks.ts';
import type { RestoreResult } from '../domain/effects.ts';

export const resolvedSignal = defineSignal<[ResolvedNotice]>(RESOLVED_SIGNAL);
export const statusQuery = defineQuery<RemediationStatus>(STATUS_QUERY);

/**
 * What Mendloop does about one alert, from decision to outcome. One execution an alert; its ID is the alert's identity.
 * Cancelling it at any step undoes what it changed.
 */
export async function remediation({ alert }: RemediationInput): Promise<RemediationResult> {
  return await new Remediation(alert).run();
}

class Remediation {
  readonly #id = workflowInfo().workflowId;
  readonly #alert: Alert;
  readonly #record = new RemediationRecord();
  readonly #saga = new Saga<RestoreResult>();
  #action: ScaleAction | undefined;

  constructor(alert: Alert) {
    this.#alert = alert;
    setHandler(statusQuery, () => this.#record.status);
    setHandler(resolvedSignal, () => {
      this.#record.keep({ alertResolved: true });
    });
  }

  async run(): Promise<RemediationResult> {
    let ending: Ending;
    let cancellation: Error | undefined;
    try {
      ending = await this.#pursue();
    } catch (error) {
      if (error instanceof Error && isCancellation(error)) cancellation = error;
      ending = await CancellationScope.nonCancellable(() => this.#unwind(error));
    }
    // Telling people and taking marks off must not be stopped half-way either.
    const result = await CancellationScope.nonCancellable(() => this.#close(ending));
    // A cancelled workflow shows as such in the Web UI; its memory is in the details and the search attributes.
    if (cancellation !== undefined) throw cancellation;
    return result;
  }

  /** The way to a cure. Returns early where nothing has to be undone; throws where something may have to be. */
  async #pursue(): Promise<Ending> {
    const record = this.#record;
    const decision = await read('decide by policy', (activities) => activities.decide({ alert: this.#alert }));
    record.keep({ decision });
    if (decision.verdict === 'reject') return { outcome: Outcome.Rejected, text: decision.reason };
    if (decision.verdict === 'human') {
      return { outcome: Outcome.Escalated, text: `For a human (rule ${decision.rule}): ${decision.reason}` };
    }

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
    if (snapshot.heldBy !== undefined && snapshot.heldBy !== this.#id) {
      throw fail('TargetHeld', `held by ${snapshot.heldBy}`);
    }
    const action = (this.#action = new ScaleAction(this.#id, plan, snapshot));

    const budget = await this.#checkBudget(plan, action);
    if (budget?.allowed === false) return { outcome: Outcome.Denied, text: budget.reason };
    if (record.findings.alertResolved) {
      return { outcome: Outcome.AlreadyHealthy, text: 'The alert resolved before anything was changed' };
    }

    await this.#act(action);
    const inconclusiveButKept = await this.#verify(plan);
    if (inconclusiveButKept) return inconclusiveButKept;
    return await this.#watch(plan);
  }

  async #checkBudget(plan: Plan, action: ScaleAction) {
    const { budget } = plan;
    const { snapshot } = this.#record.findings;
    if (budget === undefined || snapshot === undefined || action.intent.addedReplicas === 0) return undefined;
    const { target, podRequests } = snapshot;
    const { addedReplicas } = action.intent;
    this.#record.enter(Step.CheckingBudget, `Checking that ${addedReplicas} more replicas stay within the budget`);
    const verdict = await read('check the budget', (activities) =>
      activities.checkBudget({ budget, target, addedReplicas, podRequests }),
    );
    this.#record.keep({ budget: verdict });
    return verdict;
  }

  async #act(action: ScaleAction): Promise<void> {
    const record = this.#record;
    if (action.intent.from === action.intent.to) {
      record.enter(Step.AwaitingReady, `Already at ${action.intent.to}: nothing to change`);
    } else {
      record.enter(Step.Acting, action.title);
      this.#saga.register({ name: action.title, undo: () => action.undo() });
      const scale = await action.act();
      record.enter(Step.AwaitingReady, `Scaled ${scale.before} -> ${scale.after}; waiting until ready`, { scale });
    }
    const ready = await action.awaitReady();
    record.enter(Step.Verifying, `${ready} replicas ready; verifying from fresh metrics`);
  }

  /** Returns an ending only where policy wants an unproven change kept; throws if the cure is not proven. */
  async #verify(plan: Plan): Promise<Ending | undefined> {
    const { verification } = plan;
    const { baseline } = this.#record.findings;
    if (baseline === undefined) throw fail('Internal', 'no baseline was measured');
    const report = await wait(
      `verify ${verification.objective.name}`,
      verification.deadlineSeconds,
      verification.intervalSeconds,
    ).verifyRemediation({ verification, baseline });
    this.#record.keep({ verification: report });
    if (report.verdict === 'good') return undefined;
    if (report.verdict === 'inconclusive' && verification.onInconclusive === 'keep') {
      return { outcome: Outcome.Escalated, text: report.summary };
    }
    throw fail(report.failure ?? 'VerificationInconclusive', report.summary);
  }

  /** The incident's memory: stays open until the alert resolves, so that its repeats meet this remediation. */
  async #watch(plan: Plan): Promise<Ending> {
    const record = this.#record;
    record.index({ outcome: Outcome.Remediated });
    record.enter(Step.Watching, `Cured: ${record.findings.verification?.summary ?? ''}`);
    // Beside the watch, not before it: a channel that is down must not delay anything.
    const told = this.#notify({ outcome: Outcome.Remediated, text: record.status.summary });
    const resolved = await condition(() => record.findings.alertResolved, plan.watchSeconds * 1000, {
      summary: 'watch until the alert resolves',
    });
    await told;
    if (resolved) return { outcome: Outcome.Remediated, text: 'Cured, and the alert has resolved', told: true };
    const text = `The cure was proven, yet the alert still fires after ${plan.watchSeconds} s`;
    record.keep({ fault: { type: 'AlertStillFiring', message: text, step: Step.Watching } });
    return { outcome: Outcome.Escalated, text };
  }

  /** Undoes what was done, in reverse, and says how that went. */
  async #unwind(error: unknown): Promise<Ending> {
    const fault = faultOf(error, this.#record.step);
    this.#record.keep({ fault });
    if (this.#saga.isEmpty) return endingAfterFault(fault, []);
    this.#record.enter(Step.Compensating, `${fault.message}; undoing the change`);
    const results = await this.#saga.compensate();
    const first = results[0];
    if (first?.ok) this.#record.keep({ compensation: first.result });
    return endingAfterFault(fault, results, this.#action?.manualUndo);
  }

  async #close(ending: Ending): Promise<RemediationResult> {
    const { outcome, text } = ending;
    const record = this.#record;
    record.enter(Step.Notifying, text);
    record.index({ outcome });
    if (ending.told !== true) await this.#notify(ending);
    await this.#release();
    telemetry.remediationEnded({
      action: this.#action === undefined ? 'none' : 'scale',
      outcome,
      seconds: record.elapsedSeconds,
    });
    await condition(allHandlersFinished);
    return record.end(outcome, text);
  }

  async #notify(ending: Ending): Promise<void> {
    const notified = await notifyPeople({ id: this.#id, alert: this.#alert, status: this.#record.status, ending });
    this.#record.keep({ notified: [...this.#record.findings.notified, ...notified] });
  }

  /** Best effort: the marks are for people, and a target that is gone or refuses has none to take off. */
  async #release(): Promise<void> {
    if (this.#record.findings.scale === undefined) return;
    try {
      await this.#action?.release();
    } catch (error) {
      this.#record.enter(Step.Notifying, `Could not take the marks off: ${faultOf(error, Step.Notifying).message}`);
    }
  }
}
