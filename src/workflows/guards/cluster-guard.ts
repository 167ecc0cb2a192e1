import { continueAsNew, defineQuery, defineSignal, defineUpdate, setHandler } from '@temporalio/workflow';
import { enterCluster, leaveCluster, pauseCluster } from '../../domain/guards/cluster-guard.ts';
import { clusterMachine, clusterView, type ClusterGuardView } from '../../domain/guards/cluster-machine.ts';
import { type EnterCluster, NEW_CLUSTER_GUARD } from '../../domain/guards/cluster-state.ts';
import type { ClusterAnswer } from '../../domain/guards/messages.ts';
import {
  ENTER_UPDATE,
  GUARD_PREVIEW_QUERY,
  GUARD_STATE_QUERY,
  LEAVE_SIGNAL,
  PAUSE_SIGNAL,
  RESUME_SIGNAL,
} from '../../domain/guards/names.ts';
import type { ClusterGuardInput } from '../../contract/guards.ts';
import { GuardLoop } from './guard-loop.ts';
import { readLeave, readOrder } from './read-signal.ts';
import { requireFields } from './require-fields.ts';

const enterUpdate = defineUpdate<ClusterAnswer, [EnterCluster]>(ENTER_UPDATE);
const leaveSignal = defineSignal<[unknown]>(LEAVE_SIGNAL);
const pauseSignal = defineSignal<[unknown]>(PAUSE_SIGNAL);
const resumeSignal = defineSignal<[unknown]>(RESUME_SIGNAL);
const stateQuery = defineQuery<ClusterGuardView>(GUARD_STATE_QUERY);
const previewQuery = defineQuery<ClusterAnswer, [EnterCluster, number]>(GUARD_PREVIEW_QUERY);

/**
 * The guard of one cluster: how many remediations at once, how many changes an hour, how large a share of a namespace,
 * and the pause switch. Started by the first `enter` or `pause`; never ends.
 */
export async function clusterGuard({ state = NEW_CLUSTER_GUARD, tuning }: ClusterGuardInput = {}): Promise<void> {
  const loop = new GuardLoop(clusterMachine, { state, tuning });
  setHandler(enterUpdate, (request) => loop.answer(enterCluster(loop.state, request, loop.moment)), {
    validator: (request: EnterCluster) => {
      requireFields(request, { remediationId: 'string', namespace: 'string', target: 'string', limits: 'object' });
      requireFields(request, { workloadsInNamespace: 'number' });
      requireFields(request.limits, { maxConcurrent: 'number', maxActionsPerHour: 'number', blastRadius: 'object' });
    },
  });
  setHandler(leaveSignal, (payload) => {
    const leave = readLeave(payload);
    if (leave !== undefined) loop.apply(leaveCluster(loop.state, leave, loop.moment));
  });
  const turn = (paused: boolean) => (payload: unknown) =>
    loop.apply(pauseCluster(loop.state, { paused, ...readOrder(payload) }, loop.moment));
  setHandler(pauseSignal, turn(true));
  setHandler(resumeSignal, turn(false));
  setHandler(stateQuery, () => clusterView(loop.state, Date.now()));
  setHandler(previewQuery, (request, now) => enterCluster(loop.state, request, loop.momentAt(now)).answer);
  await loop.run((next) => continueAsNew<typeof clusterGuard>({ state: next, ...(tuning && { tuning }) }));
}
