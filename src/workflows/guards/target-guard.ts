import { continueAsNew, defineQuery, defineSignal, defineUpdate, setHandler } from '@temporalio/workflow';
import { enterTarget } from '../../domain/guards/enter-target.ts';
import { leaveTarget } from '../../domain/guards/leave-target.ts';
import type { TargetAnswer } from '../../domain/guards/messages.ts';
import {
  ENTER_UPDATE,
  GUARD_PREVIEW_QUERY,
  GUARD_STATE_QUERY,
  LEAVE_SIGNAL,
  RESET_SIGNAL,
  YIELD_SIGNAL,
} from '../../domain/guards/names.ts';
import { resetTarget, yieldTarget } from '../../domain/guards/order-target.ts';
import { targetMachine, targetView, type TargetGuardView } from '../../domain/guards/target-machine.ts';
import { type EnterTarget, NEW_TARGET_GUARD, type TargetGuardState } from '../../domain/guards/target-state.ts';
import { telemetry } from '../tracing/sinks.ts';
import type { TargetGuardInput } from '../../contract/guards.ts';
import { GuardLoop } from './guard-loop.ts';
import { readLeave, readOrder, readYield } from './read-signal.ts';
import { requireFields } from './require-fields.ts';

const enterUpdate = defineUpdate<TargetAnswer, [EnterTarget]>(ENTER_UPDATE);
const leaveSignal = defineSignal<[unknown]>(LEAVE_SIGNAL);
const yieldSignal = defineSignal<[unknown]>(YIELD_SIGNAL);
const resetSignal = defineSignal<[unknown]>(RESET_SIGNAL);
const stateQuery = defineQuery<TargetGuardView>(GUARD_STATE_QUERY);
const previewQuery = defineQuery<TargetAnswer, [EnterTarget, number]>(GUARD_PREVIEW_QUERY);

/**
 * The guard of one target: one remediation at a time, cooldowns, and a circuit breaker. Started by the first `enter`;
 * ends by itself when nothing is left to remember.
 */
export async function targetGuard({ state = NEW_TARGET_GUARD, tuning }: TargetGuardInput = {}): Promise<void> {
  const loop = new GuardLoop(targetMachine, { state, tuning, onChange: reportBreaker });
  setHandler(enterUpdate, (request) => loop.answer(enterTarget(loop.state, request, loop.moment)), {
    validator: (request: EnterTarget) => {
      requireFields(request, { remediationId: 'string', alertKey: 'string', action: 'string', clause: 'object' });
      requireFields(request.clause, { onBusy: 'string', cooldownSeconds: 'number', breaker: 'object' });
    },
  });
  setHandler(leaveSignal, (payload) => {
    const leave = readLeave(payload);
    if (leave !== undefined) loop.apply(leaveTarget(loop.state, leave, loop.moment));
  });
  setHandler(yieldSignal, (payload) => {
    const notice = readYield(payload);
    if (notice !== undefined) loop.apply(yieldTarget(loop.state, notice, loop.moment));
  });
  setHandler(resetSignal, (payload) => loop.apply(resetTarget(loop.state, readOrder(payload), loop.moment)));
  setHandler(stateQuery, () => targetView(loop.state, Date.now()));
  setHandler(previewQuery, (request, now) => enterTarget(loop.state, request, loop.momentAt(now)).answer);
  await loop.run((next) => continueAsNew<typeof targetGuard>({ state: next, ...(tuning && { tuning }) }));
}

function reportBreaker({ breaker: before }: TargetGuardState, { breaker: after }: TargetGuardState): void {
  if (after.open?.since === before.open?.since) return;
  telemetry.breakerChanged({ to: after.open === undefined ? 'closed' : 'open' });
}
