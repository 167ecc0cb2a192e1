import type { Client } from '@temporalio/client';
import { Outcome } from '../../domain/remediation/outcome.ts';
import { countExecutions } from './executions.ts';
import { allOf, anyOf, before, equals, isMissing, oneOf } from './visibility-query.ts';

export interface RunningCounts {
  /** On the way to their cure or their end. */
  readonly working: number;
  /** Cured, open until their alert resolves. */
  readonly watching: number;
  /** Of `working`: began before `overdueBefore`, without an outcome, and wait for no human and no turn. */
  readonly overdue: number;
}

/** How many remediations have not ended. Costs four counts of the visibility store, which lags by moments. */
export async function countRunning(client: Client, { overdueBefore }: { overdueBefore: Date }): Promise<RunningCounts> {
  const running = allOf([equals('WorkflowType', 'remediation'), isMissing('CloseTime')]);
  const old = allOf([running, before('StartTime', overdueBefore.toISOString())]);
  const excused = anyOf([
    oneOf('MendloopOutcome', Object.values(Outcome)),
    oneOf('MendloopWaiting', ['approval', 'turn']),
  ]);
  const [all, watching, begun, inOrder] = await Promise.all([
    countExecutions(client, running),
    countExecutions(client, allOf([running, equals('MendloopOutcome', Outcome.Remediated)])),
    countExecutions(client, old),
    countExecutions(client, allOf([old, excused])),
  ]);
  return { working: Math.max(0, all - watching), watching, overdue: Math.max(0, begun - inOrder) };
}
