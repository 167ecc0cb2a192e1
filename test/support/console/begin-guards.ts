import { NEW_LEDGER } from '../../../src/domain/guards/ledger-state.ts';
import { NEW_TARGET_GUARD, type TargetGuardState } from '../../../src/domain/guards/target-state.ts';
import {
  budgetLedgerId,
  type BudgetLedgerInput,
  guardTaskQueue,
  targetGuardId,
  type TargetGuardInput,
} from '../../../src/contract/guards.ts';
import type { PeopleStack } from '../people-stack.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Guards that remember something: an open breaker, one that has counted a failure, and a budget with money held. */
export async function beginGuards(
  { client, taskQueue }: Pick<PeopleStack, 'client' | 'taskQueue'>,
  remediationId: string,
): Promise<void> {
  const now = Date.now();
  const queue = guardTaskQueue(taskQueue);
  const begin = async (name: string, state: TargetGuardState) => {
    const target = { cluster: 'default', namespace: 'production', kind: 'Deployment', name } as const;
    await client.workflow.start<(input: TargetGuardInput) => Promise<void>>('targetGuard', {
      ...{ workflowId: targetGuardId(target), taskQueue: queue, args: [{ state }] },
    });
  };
  const failures = [15, 10, 5].map((ago) => ({ at: now - ago * MINUTE, until: now + HOUR }));
  await begin('payment-gateway', {
    ...NEW_TARGET_GUARD,
    breaker: {
      failures,
      open: { since: now - 5 * MINUTE, until: now + 45 * MINUTE, forgottenAt: now + 2 * HOUR },
    },
  });
  await begin('order-service', {
    ...NEW_TARGET_GUARD,
    breaker: { failures: failures.slice(0, 1) },
    changes: [{ action: 'scale', at: now - MINUTE, until: now + 4 * MINUTE }],
  });
  const ledger = {
    ...NEW_LEDGER,
    ...{ daily: 50, currency: 'USD', reading: { usage: 31.4, measuredAt: now - MINUTE } },
    reservations: [{ remediationId, amount: 3.45, since: now - MINUTE, settleMs: HOUR, committedAt: now }],
  };
  await client.workflow.start<(input: BudgetLedgerInput) => Promise<void>>('budgetLedger', {
    ...{ workflowId: budgetLedgerId({ budget: 'default', scopeKey: 'production' }), taskQueue: queue },
    args: [{ state: ledger }],
  });
}
