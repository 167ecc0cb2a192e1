import {
  CancellationScope,
  condition,
  defineQuery,
  defineSignal,
  proxyActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { GuardActivities } from '../../../src/activities/guards.ts';
import type { BudgetVerdict } from '../../../src/domain/cost/cost.ts';
import type { Outcome } from '../../../src/domain/remediation/outcome.ts';
import type { GuardsClause } from '../../../src/domain/plan/guards-clause.ts';
import type { ScaleTarget } from '../../../src/domain/target/target.ts';
import {
  CLUSTER_TURN_SIGNAL,
  type ClusterAnswer,
  GUARD_LEADER_ENDED_SIGNAL,
  GUARD_PAUSED_SIGNAL,
  GUARD_TURN_SIGNAL,
  type LeaderEnded,
  type PauseNotice,
  type TargetAnswer,
  type Turn,
} from '../../../src/contract/guards.ts';

/** What a member does: the guards of a remediation without its work. */
export interface MemberInput {
  readonly target: ScaleTarget;
  readonly alertKey: string;
  readonly clause: GuardsClause;
  readonly guards: { readonly target: boolean; readonly cluster: boolean; readonly budget: boolean };
  readonly end: { readonly outcome: Outcome; readonly acted: boolean; readonly text: string };
  /** Whether it keeps what it holds until it is told to finish. */
  readonly stays: boolean;
}

/** What a member has heard of its guards. */
export interface Heard {
  readonly target?: TargetAnswer;
  readonly targetTurn?: Turn;
  readonly leaderEnded?: LeaderEnded;
  readonly cluster?: ClusterAnswer;
  readonly clusterTurn?: Turn;
  readonly pauses: readonly PauseNotice[];
  readonly verdict?: BudgetVerdict;
  readonly worked: boolean;
}

export interface MemberActivities {
  /** Counts how many members work at the same time. */
  work(): Promise<void>;
}

export const FINISH_SIGNAL = 'finish';
export const HEARD_QUERY = 'heard';

const activities = proxyActivities<GuardActivities & MemberActivities>({
  startToCloseTimeout: '30s',
  retry: { initialInterval: '100ms', maximumInterval: '1s' },
});

export async function member(input: MemberInput): Promise<Heard> {
  const remediationId = workflowInfo().workflowId;
  const { target, alertKey, clause, guards, end } = input;
  let heard: Heard = { pauses: [], worked: false };
  const hear = (more: Partial<Heard>) => void (heard = { ...heard, ...more });
  let finish = !input.stays;
  setHandler(defineQuery<Heard>(HEARD_QUERY), () => heard);
  setHandler(defineSignal(FINISH_SIGNAL), () => void (finish = true));
  setHandler(defineSignal<[Turn]>(GUARD_TURN_SIGNAL), (targetTurn) => hear({ targetTurn }));
  setHandler(defineSignal<[Turn]>(CLUSTER_TURN_SIGNAL), (clusterTurn) => hear({ clusterTurn }));
  setHandler(defineSignal<[LeaderEnded]>(GUARD_LEADER_ENDED_SIGNAL), (leaderEnded) => hear({ leaderEnded }));
  setHandler(defineSignal<[PauseNotice]>(GUARD_PAUSED_SIGNAL), (notice) => hear({ pauses: [...heard.pauses, notice] }));

  if (guards.target) {
    const answer = await activities.enterTarget({ remediationId, target, alertKey, action: 'scale', clause });
    hear({ target: answer });
    if (answer.status === 'queued') await condition(() => heard.targetTurn !== undefined);
    if (answer.status === 'joined') {
      await condition(() => heard.leaderEnded !== undefined || heard.targetTurn !== undefined);
    }
    if (answer.status !== 'granted' && heard.targetTurn?.status !== 'granted') return heard;
  }
  if (guards.cluster) {
    const answer = await activities.enterCluster({ remediationId, target });
    hear({ cluster: answer });
    if (answer.status === 'queued') await condition(() => heard.clusterTurn !== undefined);
  }
  if (guards.budget) {
    const podRequests = { cpu: 1, memory: 0 };
    const budget = { name: 'default', expectedHours: 24, whenUnknown: 'escalate' as const };
    const verdict = await activities.reserveBudget({ remediationId, budget, target, addedReplicas: 1, podRequests });
    hear({ verdict });
  }
  if (heard.cluster?.status !== 'refused') {
    await activities.work();
    hear({ worked: true });
    await condition(() => finish);
  }
  await CancellationScope.nonCancellable(() =>
    activities.leaveGuards({
      leave: { remediationId, ...end },
      ...(guards.target ? { target } : {}),
      ...(guards.cluster ? { cluster: target } : {}),
      ...(heard.verdict?.ledger === undefined ? {} : { ledger: { id: heard.verdict.ledger, keep: end.acted } }),
    }),
  );
  return heard;
}
