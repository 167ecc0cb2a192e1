import { condition } from '@temporalio/workflow';
import type { Alert } from '../../domain/alert/alert.ts';
import type { PlannedDecision } from '../../domain/decision.ts';
import type { RestoreResult } from '../../domain/actions/effects.ts';
import { formatTarget } from '../../domain/target/format-target.ts';
import { Mode } from '../../domain/decision/mode.ts';
import { APPROVAL_REQUESTED } from '../../domain/notice/notification.ts';
import { Outcome } from '../../domain/remediation/outcome.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { Step } from '../../domain/remediation/remediation.ts';
import { ScaleAction } from '../actions/scale.ts';
import { read, wait } from '../activity-profiles.ts';
import type { AuditTrail } from './audit-trail.ts';
import type { Ending } from './ending.ts';
import type { Message } from './notices.ts';
import { fail } from './fault.ts';
import type { RemediationRecord } from './record.ts';
import type { Saga } from './saga.ts';
import type { ApprovalDesk } from './stages/approval-desk.ts';
import { type GuardPass, healthy } from './stages/guard-pass.ts';
import { LeaseKeeper } from './stages/lease-keeper.ts';
import type { PageHold } from './stages/page-hold.ts';
import { verify } from './verify.ts';

/** What evidence from logs and traces may take; a cure that comes later than this is none. */
const EVIDENCE_SECONDS = 60;
const EVIDENCE_HEARTBEAT_SECONDS = 2;

/** One remediation on its way: what it knows, holds and has to undo. */
export interface Lifecycle {
  readonly id: string;
  readonly alert: Alert;
  readonly record: RemediationRecord;
  readonly saga: Saga<RestoreResult>;
  readonly guards: GuardPass;
  readonly desk: ApprovalDesk;
  readonly audit: AuditTrail;
  readonly page: PageHold;
  readonly notify: (message: Message) => Promise<void>;
  action: ScaleAction | undefined;
}

/** The way to a cure. Returns early where nothing has to be undone; throws where something may have to be. */
export async function pursue(life: Lifecycle): Promise<Ending> {
  const { record, alert } = life;
  const decision = await read('decide by policy', (activities) => activities.decide({ alert }));
  record.keep({ decision });
  if (decision.verdict === 'reject') return { outcome: Outcome.Rejected, text: decision.reason };
  if (decision.verdict === 'human') {
    return { outcome: Outcome.Escalated, text: `For a human (rule ${decision.rule}): ${decision.reason}` };
  }
  const { mode, source } = modeOf(decision);
  const { plan, rule } = decision;
  record.index({ action: plan.action, target: formatTarget(plan.target), mode, rule });
  record.enter(
    Step.GatheringEvidence,
    `Policy rule ${rule} decided: ${plan.action} ${formatTarget(plan.target)}, mode ${mode}`,
  );
  if (mode === Mode.Off) return { outcome: Outcome.Suppressed, text: `Mode off (${source}): nothing is done` };

  const doubtful = await gatherEvidence(life, plan);
  if (doubtful !== undefined) {
    // It would not have been acted on in any mode: the scorecard must not count it as if.
    if (mode === Mode.Observe) record.index({ action: 'none' });
    return doubtful;
  }
  if (mode === Mode.Observe) return { outcome: Outcome.Observed, text: `Mode observe (${source}): not acted` };

  if (decision.holdsPage === true && mode === Mode.Auto) life.page.start(plan);
  const prepared = await prepare(life, plan, mode);
  if (prepared !== undefined) return prepared;
  await act(life, plan);
  const kept = await prove(life, plan);
  if (kept !== undefined) return kept;
  return await watch(life, plan);
}

function modeOf(decision: PlannedDecision): { mode: Mode; source: string } {
  if (decision.verdict === 'observe') return { mode: Mode.Observe, source: 'policy' };
  return decision.effectiveMode ?? { mode: decision.mode, source: 'policy' };
}

/** Too little evidence ends it as `observed`: told, never acted on. */
async function gatherEvidence({ record }: Lifecycle, { evidence: clause }: Plan): Promise<Ending | undefined> {
  if (clause === undefined) return undefined;
  const summary = 'gather evidence';
  // Logs and traces take their time; what Prometheus knows comes at once.
  const isQuick = clause.signals.every(({ source }) => source.kind === 'prometheus');
  const evidence = isQuick
    ? await read(summary, (activities) => activities.gatherEvidence({ evidence: clause }))
    : await wait(summary, EVIDENCE_SECONDS, EVIDENCE_HEARTBEAT_SECONDS).gatherEvidence({ evidence: clause });
  record.enter(Step.GatheringEvidence, evidence.summary, { evidence });
  return evidence.enough ? undefined : { outcome: Outcome.Observed, text: `Not acted: ${evidence.summary}` };
}

/** Everything between deciding and acting. Returns how it ends where nothing may be changed. */
async function prepare(life: Lifecycle, plan: Plan, mode: Mode): Promise<Ending | undefined> {
  const { record, guards, audit } = life;
  record.reach(Step.Inspecting);
  let action = await inspect(life, plan);
  if (hasResolved(record)) return healthy();
  const { target } = required(record.findings.snapshot);
  audit.target = formatTarget(target);

  record.reach(Step.PassingGuards);
  const onTarget = await guards.enterTarget(target, plan);
  if (onTarget.status === 'ends') return onTarget.ending;
  // Whoever had the target before has changed it.
  if (onTarget.waited) action = await inspect(life, plan);

  if (mode === Mode.Approve || plan.approval !== undefined) {
    const ending = await askForApproval(life, plan, action);
    if (ending !== undefined) return ending;
    const approved = action.title;
    action = await inspect(life, plan);
    if (action.title !== approved) {
      throw fail('TargetChanged', `approved was "${approved}"; now it would be "${action.title}"`);
    }
  }

  record.reach(Step.CheckingBudget);
  const [inCluster, denied] = await Promise.all([
    guards.enterCluster(target, plan),
    reserveBudget(life, plan, action),
    measureBaseline(life, plan),
    recordIntent(life, action),
  ]);
  if (denied !== undefined) return denied;
  if (inCluster.status === 'ends') return inCluster.ending;
  if (inCluster.waited) await measureBaseline(life, plan);
  return (await guards.whileNotPaused(plan.guards.waitSeconds)) ?? (hasResolved(record) ? healthy() : undefined);
}

async function inspect(life: Lifecycle, plan: Plan): Promise<ScaleAction> {
  const { record, id } = life;
  const snapshot = await read('inspect the target', (activities) => activities.inspectTarget({ target: plan.target }));
  record.keep({ snapshot });
  return (life.action = new ScaleAction(id, plan, snapshot));
}

async function measureBaseline({ record }: Lifecycle, { verification }: Plan): Promise<void> {
  const baseline = await read('measure the baseline', (activities) => activities.measureBaseline({ verification }));
  record.keep({ baseline });
}

async function askForApproval(life: Lifecycle, plan: Plan, action: ScaleAction): Promise<Ending | undefined> {
  const { record, desk, audit, notify } = life;
  const { approval: clause } = plan;
  if (clause === undefined) throw fail('Internal', 'the mode asks for an approval and the plan has no terms for it');
  if (action.isDone) return undefined; // Nothing would be changed, so there is nothing to approve.
  record.keep({ preview: await action.preview() });
  const ending = await desk.ask(clause, action.title, () =>
    notify({ kind: APPROVAL_REQUESTED, text: `${action.title}: waiting for approval. ${clause.reason}`.trim() }),
  );
  const votes = record.findings.approval?.votes ?? [];
  await audit.require(
    votes.map(({ by, approve, reason, via, at, roles }, index) => ({
      kind: 'approval',
      step: `approval/${index}`,
      actor: by,
      data: { approve, reason, via, at, roles: [...roles], change: action.title },
    })),
  );
  return ending;
}

async function reserveBudget(
  { record, id, alert, guards }: Lifecycle,
  { budget }: Plan,
  action: ScaleAction,
): Promise<Ending | undefined> {
  const { addedReplicas } = action.intent;
  if (budget === undefined || addedReplicas === 0) return undefined;
  const { target, podRequests } = required(record.findings.snapshot);
  const entry = { remediationId: id, budget, target, labels: alert.labels, addedReplicas, podRequests };
  guards.noteReserving(entry);
  const verdict = await read('reserve the budget', (activities) => activities.reserveBudget(entry));
  record.keep({ budget: verdict });
  return verdict.allowed ? undefined : { outcome: Outcome.Denied, text: verdict.reason };
}

/** An effect that cannot be recorded does not start. */
function recordIntent({ record, audit }: Lifecycle, action: ScaleAction): Promise<void> {
  const decision = required(record.findings.decision);
  return audit.require([
    {
      kind: 'decision',
      step: 'decision',
      actor: 'policy',
      data: { rule: decision.rule, verdict: decision.verdict, policyRevision: decision.policyRevision },
    },
    { kind: 'effect_intended', step: 'act/intended', data: { ...action.intent, change: action.title } },
  ]);
}

async function act(life: Lifecycle, plan: Plan): Promise<void> {
  const { record, saga, audit, guards } = life;
  const action = required(life.action);
  if (action.isDone) {
    // Nothing was done, so the scorecard must not count it as a cure of ours.
    record.index({ action: 'none' });
    record.enter(Step.AwaitingReady, `Already at ${action.intent.to}: nothing to change`);
  } else {
    record.enter(Step.Acting, action.title);
    saga.register({ name: action.title, undo: () => action.undo() });
    const scale = await action.act();
    guards.noteAct();
    record.enter(Step.AwaitingReady, `Scaled ${scale.before} -> ${scale.after}; waiting until ready`, { scale });
    audit.add([{ kind: 'effect_done', step: 'act/done', data: { ...scale } }]);
  }
  const ready = await action.awaitReady();
  record.enter(
    Step.Verifying,
    `${ready} replicas ready; verifying from fresh metrics for ${plan.verification.deadlineSeconds} s at most`,
  );
}

/** Returns an ending only where policy wants an unproven change kept; throws if the cure is not proven. */
async function prove({ record }: Lifecycle, { verification }: Plan): Promise<Ending | undefined> {
  const report = await verify(verification, required(record.findings.baseline));
  record.keep({ verification: report });
  if (report.verdict === 'good') return undefined;
  if (report.verdict === 'inconclusive' && verification.onInconclusive === 'keep') {
    return { outcome: Outcome.Escalated, text: report.summary };
  }
  throw fail(report.failure ?? 'VerificationInconclusive', report.summary);
}

/** The incident's memory: stays open until the alert resolves, so that its repeats meet this remediation. */
async function watch(life: Lifecycle, plan: Plan): Promise<Ending> {
  const { record, guards, notify } = life;
  const proven = record.findings.verification?.summary ?? '';
  record.index({ outcome: Outcome.Remediated, cureSeconds: record.elapsedSeconds });
  record.enter(Step.Watching, `Cured: ${proven}`);
  // Beside the watch, not before it: a channel that is down must not delay anything.
  void notify({ kind: Outcome.Remediated, text: record.status.summary });
  const left = guards.leaveCluster({ outcome: Outcome.Remediated, text: proven, budgetKept: true });
  const lease = leaseOf(life, plan);
  await lease?.learnCapacity();
  const resolved = await condition(() => record.findings.alertResolved, plan.watchSeconds * 1000, {
    summary: 'watch until the alert resolves',
  });
  await left;
  if (resolved) {
    return (
      (await lease?.run()) ?? { outcome: Outcome.Remediated, text: 'Cured, and the alert has resolved', told: true }
    );
  }
  const text = `The cure was proven, yet the alert still fires after ${plan.watchSeconds} s`;
  record.keep({ fault: { type: 'AlertStillFiring', message: text, step: Step.Watching } });
  return { outcome: Outcome.Escalated, text };
}

/** For a change of ours, and for what an earlier lease of the target has left over. */
function leaseOf({ record, action, guards, audit }: Lifecycle, plan: Plan): LeaseKeeper | undefined {
  const { lease: clause } = plan;
  if (clause === undefined || action === undefined) return undefined;
  const isLeft = action.isDone && action.leasedFrom !== undefined;
  if (record.findings.scale?.changed !== true && !isLeft) return undefined;
  return new LeaseKeeper({ clause, plan, action, record, guards, audit });
}

/** Asked anew each time: the signal comes while others are waited for. */
function hasResolved({ findings }: RemediationRecord): boolean {
  return findings.alertResolved;
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw fail('Internal', 'a step was reached before what it needs was known');
  return value;
}
