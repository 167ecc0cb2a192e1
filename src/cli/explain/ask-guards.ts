import { reserveMoney } from '../../activities/reserve-money.ts';
import type { CostSource } from '../../clients/cost/cost-source.ts';
import type { AskGuard } from '../../clients/temporal/ask-guard.ts';
import type { Alert } from '../../domain/alert/alert.ts';
import type { Decision } from '../../domain/decision.ts';
import { isPlanned } from '../../domain/decision/is-planned.ts';
import type { TargetSnapshot } from '../../domain/actions/effects.ts';
import { isRetryable, MendloopError } from '../../domain/failures.ts';
import { formatTarget } from '../../domain/target/format-target.ts';
import type { ClusterLimits } from '../../domain/guards/cluster-state.ts';
import type { ClusterAnswer, TargetAnswer } from '../../domain/guards/messages.ts';
import {
  CLUSTER_GUARD_WORKFLOW,
  clusterGuardId,
  ENTER_UPDATE,
  TARGET_GUARD_WORKFLOW,
  targetGuardId,
} from '../../domain/guards/names.ts';
import { Mode } from '../../domain/decision/mode.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { planScale } from '../../domain/actions/scale/scale.ts';
import type { Target } from '../../domain/target/target.ts';

export interface GuardReach {
  /** Asks without changing anything. */
  readonly ask: AskGuard;
  readonly inspectTarget: (target: Target) => Promise<TargetSnapshot>;
  readonly countWorkloads: (namespace: string) => Promise<number>;
  readonly costSource: Pick<CostSource, 'quote' | 'measureUsage'>;
  readonly limits: ClusterLimits;
  readonly signal: AbortSignal;
}

/** What one guard would say. */
export interface GuardSaying {
  readonly guard: 'target' | 'cluster' | 'budget' | 'approval';
  /** Whether the remediation would go past it: at once, later, or not; unknown: it could not be asked. */
  readonly answer: 'pass' | 'wait' | 'stop' | 'unknown';
  /** One sentence for people. */
  readonly text: string;
}

/** A remediation that will never be: guards know nothing of it. */
const NOBODY = 'remediation/explain';

/** What each guard would say to a decision now, in the order in which they would be asked. Nothing is changed. */
export async function askGuards(
  { decision, alert }: { readonly decision: Decision; readonly alert: Alert },
  reach: GuardReach,
): Promise<readonly GuardSaying[]> {
  if (!isPlanned(decision)) return [];
  const { plan } = decision;
  const mode = decision.verdict === 'observe' ? Mode.Observe : (decision.effectiveMode?.mode ?? decision.mode);
  const snapshot = await reach.inspectTarget(plan.target).catch(problemOf);
  const asked = snapshot instanceof MendloopError ? { ...reach, gap: snapshot } : { ...reach, snapshot };
  const question = { plan, alert, ...asked };
  const [target, cluster, budget] = await Promise.all([askTarget(question), askCluster(question), askLedger(question)]);
  return [target, ...askApprover(plan, mode), cluster, ...(budget === undefined ? [] : [budget])];
}

interface Question extends GuardReach {
  readonly plan: Plan;
  readonly alert: Alert;
  readonly snapshot?: TargetSnapshot;
  /** Why there is no snapshot. */
  readonly gap?: MendloopError;
}

async function askTarget({ plan, alert, snapshot, gap, ask, signal }: Question): Promise<GuardSaying> {
  // What guards a Pod is the guard of the workload that owns it.
  if (snapshot === undefined && (plan.target.kind === 'Pod' || gap?.type === 'TargetNotFound')) {
    return withoutAnswer('target', gap);
  }
  const target = snapshot?.target ?? plan.target;
  const { action, guards: clause } = plan;
  const alertKey = `${alert.labels['alertname'] ?? ''}/${alert.fingerprint}`;
  return await said('target', async () => {
    const answer = await ask<TargetAnswer>({
      ...{ workflowType: TARGET_GUARD_WORKFLOW, workflowId: targetGuardId(target), summary: '', signal },
      ...{ update: ENTER_UPDATE, updateId: NOBODY, input: { remediationId: NOBODY, alertKey, action, clause } },
    });
    switch (answer.status) {
      case 'granted':
        return { answer: 'pass', text: `${formatTarget(target)} is free` };
      case 'joined':
        return { answer: 'stop', text: `${answer.leader} is at work on it: its end would be shared` };
      case 'queued':
        return { answer: 'wait', text: `number ${answer.position} in line: ${answer.text}` };
      case 'refused':
        return { answer: 'stop', text: answer.text };
    }
  });
}

async function askCluster({ plan, snapshot, gap, ...reach }: Question): Promise<GuardSaying> {
  if (snapshot === undefined) return withoutAnswer('cluster', gap);
  const { cluster, namespace } = snapshot.target;
  const { ask, countWorkloads, limits, signal } = reach;
  return await said('cluster', async () => {
    const workloadsInNamespace = await countWorkloads(namespace);
    const input = {
      remediationId: NOBODY,
      namespace,
      target: formatTarget(snapshot.target),
      workloadsInNamespace,
      limits,
    };
    const answer = await ask<ClusterAnswer>({
      ...{ workflowType: CLUSTER_GUARD_WORKFLOW, workflowId: clusterGuardId(cluster), summary: '', signal },
      ...{ update: ENTER_UPDATE, updateId: NOBODY, input },
    });
    switch (answer.status) {
      case 'granted':
        return { answer: 'pass', text: `a change of one more workload of namespace ${namespace} is within the limits` };
      case 'queued':
        return {
          answer: 'wait',
          text: `at most ${plan.guards.waitSeconds} s, as number ${answer.position}: ${answer.text}`,
        };
      case 'refused':
        return { answer: 'stop', text: answer.text };
    }
  });
}

async function askLedger({ plan, alert, snapshot, gap, ...reach }: Question): Promise<GuardSaying | undefined> {
  const { budget } = plan;
  if (budget === undefined) return undefined;
  if (snapshot === undefined) return withoutAnswer('budget', gap);
  const { target, podRequests } = snapshot;
  return await said('budget', async () => {
    const { addedReplicas } = planScale(plan.parameters, snapshot);
    if (addedReplicas === 0) return { answer: 'pass', text: 'no Pod would be added' };
    const entry = { remediationId: NOBODY, budget, target, labels: alert.labels, addedReplicas, podRequests };
    const { allowed, reason } = await reserveMoney(entry, reach);
    return { answer: allowed ? 'pass' : 'stop', text: reason };
  });
}

/** Nobody is asked before a remediation runs: this is what would be asked. */
function askApprover({ approval }: Plan, mode: Mode): GuardSaying[] {
  if (approval === undefined) return [];
  const { quorum, roles, deadlineSeconds } = approval;
  const who = roles.length === 0 ? 'any approver' : roles.join(', ');
  const text = `${quorum} of ${who} would be asked, and have ${deadlineSeconds} s`;
  return mode === Mode.Observe || mode === Mode.Off ? [] : [{ guard: 'approval', answer: 'wait', text }];
}

async function said(guard: GuardSaying['guard'], ask: () => Promise<Omit<GuardSaying, 'guard'>>): Promise<GuardSaying> {
  try {
    return { guard, ...(await ask()) };
  } catch (error) {
    return withoutAnswer(guard, problemOf(error));
  }
}

/** What time can heal leaves the answer open; the rest would stop a remediation as well. */
function withoutAnswer(guard: GuardSaying['guard'], problem: MendloopError | undefined): GuardSaying {
  if (problem === undefined) return { guard, answer: 'unknown', text: 'not known' };
  const { type, message } = problem;
  return { guard, answer: isRetryable(type) ? 'unknown' : 'stop', text: `${type}: ${message}` };
}

/** @throws what is no failure of ours. */
function problemOf(error: unknown): MendloopError {
  if (error instanceof MendloopError) return error;
  throw error;
}
