import { cancellationSignal } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import type { CostSource } from '../clients/cost/cost-source.ts';
import { queryExecution, signalExecution } from '../clients/temporal/ask-execution.ts';
import { createGuardAsker } from '../clients/temporal/ask-guard.ts';
import { findRunning, type RunningState } from '../clients/temporal/find-running.ts';
import type { BudgetVerdict } from '../domain/cost/cost.ts';
import { MendloopError } from '../domain/failures.ts';
import { formatTarget } from '../domain/target/format-target.ts';
import type { ClusterGuardView } from '../domain/guards/cluster-machine.ts';
import type { ClusterLimits } from '../domain/guards/cluster-state.ts';
import type { ClusterAnswer, HumanOrder, Leave, TargetAnswer } from '../domain/guards/messages.ts';
import {
  budgetLedgerId,
  CLUSTER_GUARD_WORKFLOW,
  clusterGuardId,
  COMMIT_SIGNAL,
  ENTER_UPDATE,
  GUARD_STATE_QUERY,
  LEAVE_SIGNAL,
  RELEASE_SIGNAL,
  TARGET_GUARD_WORKFLOW,
  targetGuardId,
  YIELD_SIGNAL,
} from '../domain/guards/names.ts';
import type { EnterTarget } from '../domain/guards/target-state.ts';
import type { ScaleTarget } from '../domain/target/target.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { toApplicationFailure } from './failure.ts';
import { type BudgetEntry, reserveMoney } from './reserve-money.ts';

export type GuardActivities = ReturnType<typeof createGuardActivities>;

export interface GuardActivityParts {
  readonly client: Client;
  /**
   * Where the guards run. One of their own, with a worker of its own: remediations that wait for a guard within their
   * workflow task would otherwise hold the very slots that the guard needs to answer.
   */
  readonly taskQueue: string;
  readonly limits: ClusterLimits;
  readonly costSource: Pick<CostSource, 'quote' | 'measureUsage'>;
  /** Workloads in a namespace that could be changed. */
  readonly countWorkloads: (scope: { readonly namespace: string }) => Promise<number>;
  /** Passed to each guard that is started; for tests. */
  readonly tuning?: GuardTuning;
  /** Absent: nobody counts. */
  readonly metrics?: Pick<Metrics, 'guardRefused'>;
}

/** As the guards' workflows take it. */
interface GuardTuning {
  readonly maxUpdates?: number;
  readonly probeSeconds?: number;
  readonly rememberSeconds?: number;
}

export interface TargetEntry extends EnterTarget {
  readonly target: ScaleTarget;
}

export interface ClusterEntry {
  readonly remediationId: string;
  readonly target: ScaleTarget;
}

export interface Yielding {
  readonly remediationId: string;
  readonly target: ScaleTarget;
  /** Epoch ms. */
  readonly actedAt?: number;
}

/** What is given back: all that is named. */
export interface Leaving {
  readonly leave: Leave;
  /** The target that was entered for in its cluster's guard. */
  readonly cluster?: ScaleTarget;
  /** The target whose guard was entered. */
  readonly target?: ScaleTarget;
  /** The ledger of the verdict, and whether the change stays. */
  readonly ledger?: { readonly id: string; readonly keep: boolean };
  /** Money that was asked for, and no answer heard: it may be held. */
  readonly reserving?: BudgetEntry;
}

/** A namespace's size changes slowly; a storm asks for it hundreds of times. */
const COUNT_LASTS_MS = 10_000;

/**
 * What remediations and guards ask each other. All of them idempotent by the remediation's ID: asked again, a guard
 * gives what it has given; told again, it has forgotten already.
 */
export function createGuardActivities(parts: GuardActivityParts) {
  const { client, taskQueue, limits, costSource, tuning, metrics } = parts;
  const ask = createGuardAsker({ client, taskQueue, start: tuning === undefined ? {} : { tuning } });
  const countWorkloads = remembered(parts.countWorkloads);

  function counted<Answer extends TargetAnswer | ClusterAnswer>(answer: Answer): Answer {
    if (answer.status === 'refused') metrics?.guardRefused(answer.reason);
    return answer;
  }

  async function tell(workflowId: string, signal: string, input: unknown): Promise<void> {
    // Nobody there: a guard ends only when it holds nothing for anybody.
    await signalExecution({ client, workflowId, signal, input });
  }

  /** Frees what a ledger may hold for a remediation that has not heard its answer. */
  async function releaseUnheard({ remediationId, ...question }: BudgetEntry): Promise<void> {
    const { terms, scope } = costSource.quote(question);
    if (scope === undefined) return; // Then no ledger was asked.
    await tell(budgetLedgerId({ budget: terms.budget, scopeKey: scope.key }), RELEASE_SIGNAL, { remediationId });
  }

  return {
    /** Asks for the target. Fails with `GuardUnavailable`. */
    enterTarget: ({ target, ...request }: TargetEntry): Promise<TargetAnswer> =>
      typed(async () => {
        const answer = await ask<TargetAnswer>({
          ...{ update: ENTER_UPDATE, updateId: request.remediationId, input: request, signal: cancellationSignal() },
          workflowType: TARGET_GUARD_WORKFLOW,
          workflowId: targetGuardId(target),
          summary: `guard of ${target.kind} ${target.namespace}/${target.name}`,
        });
        return counted(answer);
      }),

    /** Asks for a place in the cluster. Fails with `GuardUnavailable`, or the API server's own failures. */
    enterCluster: ({ remediationId, target }: ClusterEntry): Promise<ClusterAnswer> =>
      typed(async () => {
        const { cluster, namespace } = target;
        const workloadsInNamespace = await countWorkloads(namespace);
        const answer = await ask<ClusterAnswer>({
          ...{ update: ENTER_UPDATE, updateId: remediationId, signal: cancellationSignal() },
          input: { remediationId, namespace, target: formatTarget(target), workloadsInNamespace, limits },
          workflowType: CLUSTER_GUARD_WORKFLOW,
          workflowId: clusterGuardId(cluster),
          summary: `guard of cluster ${cluster}`,
        });
        return counted(answer);
      }),

    /**
     * Reserves what a change costs. Fails with `BudgetUnknown`, `GuardUnavailable`, and, where policy says that a human
     * decides about what is not known, with the cost source's own: `CostUnavailable`, `KubernetesUnavailable`.
     */
    reserveBudget: (entry: BudgetEntry): Promise<BudgetVerdict> =>
      typed(() => reserveMoney(entry, { ask, costSource, signal: cancellationSignal() })),

    /** Gives back what the remediation holds, or might hold without knowing. Fails with `TemporalUnavailable`. */
    leaveGuards: ({ leave, cluster, target, ledger, reserving }: Leaving): Promise<void> =>
      typed(async () => {
        const { remediationId } = leave;
        await Promise.all([
          target === undefined ? undefined : tell(targetGuardId(target), LEAVE_SIGNAL, leave),
          cluster === undefined ? undefined : tell(clusterGuardId(cluster.cluster), LEAVE_SIGNAL, leave),
          ledger === undefined
            ? undefined
            : tell(ledger.id, ledger.keep ? COMMIT_SIGNAL : RELEASE_SIGNAL, { remediationId }),
          ...(reserving === undefined ? [] : [releaseUnheard(reserving)]),
        ]);
      }),

    /** Says that the holder only leases the target any more, and when it changed it. Fails with `TemporalUnavailable`. */
    yieldTarget: ({ target, ...notice }: Yielding): Promise<void> =>
      typed(() => tell(targetGuardId(target), YIELD_SIGNAL, notice)),

    /** Who has thrown the pause switch of the target's cluster; undefined: nobody. Fails with `GuardUnavailable`. */
    readPause: ({ target: { cluster } }: { target: ScaleTarget }): Promise<HumanOrder | undefined> =>
      typed(async () => {
        const workflowId = clusterGuardId(cluster);
        const answer = await queryExecution<ClusterGuardView>({ client, workflowId, query: GUARD_STATE_QUERY });
        if (answer.status === 'silent') throw new MendloopError('GuardUnavailable', `${workflowId}: ${answer.reason}`);
        return answer.status === 'answered' ? answer.value.paused : undefined; // No guard: nobody has paused anything.
      }),

    /** Whether remediations run. Fails with `TemporalUnavailable`. */
    describeRemediations: ({ ids }: { ids: readonly string[] }): Promise<RunningState[]> =>
      typed(() => findRunning(client, ids)),
  };
}

/**
 * The count of a namespace for a short while. Not being allowed to count means one: the guard then lets a single
 * workload of the namespace be changed at a time.
 */
function remembered(count: GuardActivityParts['countWorkloads']): (namespace: string) => Promise<number> {
  const known = new Map<string, { readonly counted: Promise<number>; readonly until: number }>();
  return (namespace) => {
    const now = performance.now();
    const entry = known.get(namespace);
    if (entry !== undefined && entry.until > now) return entry.counted;
    for (const [name, { until }] of known) if (until <= now) known.delete(name);
    const counted = count({ namespace }).catch((error: unknown) => {
      if (error instanceof MendloopError && error.type === 'KubernetesForbidden') return 1;
      known.delete(namespace);
      throw error;
    });
    known.set(namespace, { counted, until: now + COUNT_LASTS_MS });
    return counted;
  };
}

async function typed<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw toApplicationFailure(error);
  }
}
