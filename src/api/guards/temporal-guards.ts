import type { Client } from '@temporalio/client';
import { queryExecution, signalExecution } from '../../clients/temporal/ask-execution.ts';
import { type ExecutionPage, findExecution, listExecutions } from '../../clients/temporal/executions.ts';
import { inTime, temporalFailure } from '../../clients/temporal/temporal-failure.ts';
import { allOf, equals, startsWith } from '../../clients/temporal/visibility-query.ts';
import { budgetOfLedger, targetOfGuard } from '../../domain/guards/parse-names.ts';
import {
  BUDGET_LEDGER_WORKFLOW,
  CLUSTER_GUARD_WORKFLOW,
  type ClusterGuardInput,
  type ClusterGuardView,
  clusterGuardId,
  GUARD_STATE_QUERY,
  type HumanOrder,
  type LedgerView,
  PAUSE_SIGNAL,
  RESET_SIGNAL,
  RESUME_SIGNAL,
  TARGET_GUARD_WORKFLOW,
  type TargetGuardView,
} from '../../contract/guards.ts';
import { eachBounded } from '../http/each-bounded.ts';
import { targetGuardIdOf } from './target-guard-id.ts';
import type { GuardReading, Guards, LedgerReading, TargetReading } from './guards.ts';

export interface TemporalGuardsOptions {
  readonly client: Client;
  readonly taskQueue: string;
  /** Name of the cluster in targets. */
  readonly cluster: string;
}

/** Guards of one kind that are asked; each costs a question to a worker. */
const MAX_ASKED = 100;
/** Questions at the same time. */
const CONCURRENCY = 16;

/** The guards in one namespace of Temporal. */
export function temporalGuards({ client, taskQueue, cluster }: TemporalGuardsOptions): Guards {
  const clusterGuard = clusterGuardId(cluster);

  async function ask<View>(workflowId: string): Promise<GuardReading<View> | undefined> {
    const answer = await queryExecution<View>({ client, workflowId, query: GUARD_STATE_QUERY });
    if (answer.status === 'answered') return { state: answer.value };
    return answer.status === 'silent' ? { unavailable: answer.reason } : undefined;
  }

  /**
   * Asks every guard on a page; one that has ended since is left out. When one does not answer, nobody is there to
   * answer for the others either: they are not waited for, one deadline after the other.
   */
  async function askAll<Name extends object, View>(
    { executions }: ExecutionPage,
    nameOf: (workflowId: string) => Name | undefined,
  ): Promise<(Name & GuardReading<View>)[]> {
    const readings: (Name & GuardReading<View>)[] = [];
    let silence: { readonly unavailable: string } | undefined;
    await eachBounded([...executions.entries()], CONCURRENCY, async ([index, { workflowId }]) => {
      const name = nameOf(workflowId);
      if (name === undefined) return;
      const reading = silence ?? (await ask<View>(workflowId));
      if (reading !== undefined && 'unavailable' in reading) silence = reading;
      if (reading !== undefined) readings[index] = { ...name, ...reading };
    });
    return Object.values(readings);
  }

  const running = (workflowType: string, prefix: string) =>
    listExecutions({
      client,
      limit: MAX_ASKED,
      where: allOf([
        equals('WorkflowType', workflowType),
        equals('ExecutionStatus', 'Running'),
        startsWith('WorkflowId', prefix),
      ]),
    });

  async function order(signal: string, input: HumanOrder): Promise<void> {
    try {
      await inTime(client, () =>
        client.workflow.signalWithStart<(input: ClusterGuardInput) => Promise<void>, [HumanOrder]>(
          CLUSTER_GUARD_WORKFLOW,
          { workflowId: clusterGuard, taskQueue, args: [{}], signal, signalArgs: [input] },
        ),
      );
    } catch (error) {
      throw temporalFailure(error);
    }
  }

  return {
    async overview() {
      const [targetPage, ledgerPage, known] = await Promise.all([
        running(TARGET_GUARD_WORKFLOW, `guard/target/${encodeURIComponent(cluster)}/`),
        running(BUDGET_LEDGER_WORKFLOW, 'ledger/'),
        findExecution(client, clusterGuard),
      ]);
      const [targets, ledgers, guard] = await Promise.all([
        askAll<Pick<TargetReading, 'target'>, TargetGuardView>(targetPage, (id) => {
          const target = targetOfGuard(id);
          return target === undefined ? undefined : { target };
        }),
        askAll<Pick<LedgerReading, 'budget' | 'scope'>, LedgerView>(ledgerPage, budgetOfLedger),
        known === undefined ? undefined : ask<ClusterGuardView>(clusterGuard),
      ]);
      return {
        cluster,
        ...(guard === undefined ? {} : { guard }),
        targets,
        ledgers,
        truncated: targetPage.nextPageToken !== undefined || ledgerPage.nextPageToken !== undefined,
      };
    },

    pause: (input) => order(PAUSE_SIGNAL, input),
    resume: (input) => order(RESUME_SIGNAL, input),

    async reset({ target, order: input }) {
      const workflowId = targetGuardIdOf(target);
      if (workflowId === undefined) return false;
      return await signalExecution({ client, workflowId, signal: RESET_SIGNAL, input });
    },
  };
}
