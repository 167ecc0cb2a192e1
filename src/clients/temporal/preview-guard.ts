import type { Client } from '@temporalio/client';
import { MendloopError } from '../../domain/failures.ts';
import { enterCluster } from '../../domain/guards/cluster-guard.ts';
import { type EnterCluster, NEW_CLUSTER_GUARD } from '../../domain/guards/cluster-state.ts';
import { enterTarget } from '../../domain/guards/enter-target.ts';
import { NEW_LEDGER, type Reserve } from '../../domain/guards/ledger-state.ts';
import { reserve } from '../../domain/guards/ledger.ts';
import type { Moment } from '../../domain/guards/machine.ts';
import {
  BUDGET_LEDGER_WORKFLOW,
  CLUSTER_GUARD_WORKFLOW,
  GUARD_PREVIEW_QUERY,
  TARGET_GUARD_WORKFLOW,
} from '../../domain/guards/names.ts';
import { type EnterTarget, NEW_TARGET_GUARD } from '../../domain/guards/target-state.ts';
import type { AskGuard } from './ask-guard.ts';
import { queryExecution } from './ask-execution.ts';
import { findExecution } from './executions.ts';

/** What a guard that remembers nothing answers, by its workflow's type. */
const FRESH: Readonly<Record<string, (input: unknown, moment: Moment) => unknown>> = {
  [TARGET_GUARD_WORKFLOW]: (input, moment) => enterTarget(NEW_TARGET_GUARD, input as EnterTarget, moment).answer,
  [CLUSTER_GUARD_WORKFLOW]: (input, moment) => enterCluster(NEW_CLUSTER_GUARD, input as EnterCluster, moment).answer,
  [BUDGET_LEDGER_WORKFLOW]: (input, moment) => reserve(NEW_LEDGER, input as Reserve, moment).answer,
};

/**
 * Asks guards what they would answer now. Changes nothing and starts nothing: where no guard runs, nothing is
 * remembered, and the answer is a new one's.
 *
 * @returns a question that throws MendloopError `GuardUnavailable`, `TemporalUnavailable`.
 */
export function createGuardPreviewer(client: Client): AskGuard {
  return async <Answer>({ workflowType, workflowId, input }: Parameters<AskGuard>[0]) => {
    const now = Date.now();
    const known = await findExecution(client, workflowId);
    if (known?.status !== 'running') {
      const fresh = FRESH[workflowType];
      if (fresh === undefined) throw new MendloopError('Internal', `${workflowType} is no guard`);
      return fresh(input, { now, rememberMs: 0 }) as Answer;
    }
    const answer = await queryExecution<Answer>({ client, workflowId, query: GUARD_PREVIEW_QUERY, args: [input, now] });
    if (answer.status === 'answered') return answer.value;
    const why = answer.status === 'silent' ? answer.reason : 'it has just ended';
    throw new MendloopError('GuardUnavailable', `${workflowId}: ${why}`);
  };
}
