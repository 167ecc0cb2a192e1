import { afterFailure, breakerAt, breakerStatus } from './breaker.ts';
import { stillRemembered } from './departed.ts';
import { type Answered, type Moment, quietly } from './machine.ts';
import { type GuardMessage, type Refused, RefusalReason, type TargetAnswer } from './messages.ts';
import { GUARD_LEADER_ENDED_SIGNAL, GUARD_YIELD_SIGNAL } from './names.ts';
import { withRecent } from './recent.ts';
import type { EnterTarget, TargetGuardState, TargetHold } from './target-state.ts';

/** Waiting and joined ones together; their IDs and clauses have to fit into what one run hands to the next. */
const MAX_WAITING = 2000;

const GRANTED = { status: 'granted' } as const;

type TargetAnswered = Answered<TargetGuardState, TargetAnswer>;

/**
 * A remediation asks for the target. The same one asking again gets the same answer, as far as it still holds. Order of
 * the questions: is the alert a cure that did not hold; is the target busy; is the breaker open; is it too soon.
 */
export function enterTarget(before: TargetGuardState, request: EnterTarget, moment: Moment): TargetAnswered {
  const present = targetAt(before, moment);
  const again = answerAgain(present, request);
  if (again !== undefined) return again;

  const state = countFlap(present, request, moment.now);
  const { remediationId, alertKey, action, clause } = request;
  const hold: TargetHold = { remediationId, alertKey, action, clause, since: moment.now };
  if (state.holder !== undefined) return waitBehind(state, state.holder, hold);
  const refusal = refusalOf(state, hold, moment.now);
  if (refusal !== undefined) return refused(state, refusal, moment.now);
  return { ...quietly(granted(state, hold, moment.now)), answer: GRANTED };
}

/** The state without what time has ended. */
export function targetAt(state: TargetGuardState, moment: Moment): TargetGuardState {
  const { now } = moment;
  const live = <T extends { readonly until: number }>(items: readonly T[]): readonly T[] =>
    items.every(({ until }) => until > now) ? items : items.filter(({ until }) => until > now);
  return {
    ...state,
    changes: live(state.changes),
    cures: live(state.cures),
    breaker: breakerAt(state.breaker, now),
    departed: stillRemembered(state.departed, moment),
  };
}

/** Why a remediation must not act on a free target now. */
export function refusalOf(
  { breaker, changes }: TargetGuardState,
  { action, clause }: TargetHold,
  now: number,
): Refused | undefined {
  if (breakerStatus(breaker, now) === 'open' && breaker.open !== undefined) {
    const { until } = breaker.open;
    const text = `The circuit breaker of the target is open until ${time(until)}: its remediations keep failing`;
    return { status: 'refused', reason: RefusalReason.BreakerOpen, until, text };
  }
  const change = changes.find((candidate) => candidate.action === action);
  if (change === undefined) return undefined;
  const until = Math.max(change.until, change.at + clause.cooldownSeconds * 1000);
  const text = `Too soon after the last ${action} of the target: not before ${time(until)}`;
  return { status: 'refused', reason: RefusalReason.Cooldown, until, text };
}

export function granted(state: TargetGuardState, hold: TargetHold, now: number): TargetGuardState {
  const trial = breakerStatus(state.breaker, now) === 'half_open' ? ', as a trial of the half-open breaker' : '';
  const text = `Granted to ${hold.remediationId} (${hold.action})${trial}`;
  return { ...state, holder: hold, recent: withRecent(state.recent, now, text) };
}

export function noteRefusal(state: TargetGuardState, { text }: Refused, now: number): TargetGuardState {
  return { ...state, recent: withRecent(state.recent, now, `Refused: ${text}`) };
}

function refused(state: TargetGuardState, refusal: Refused, now: number): TargetAnswered {
  return { ...quietly(noteRefusal(state, refusal, now)), answer: refusal };
}

function answerAgain(state: TargetGuardState, { remediationId }: EnterTarget): TargetAnswered | undefined {
  const isIt = (hold: { readonly remediationId: string }) => hold.remediationId === remediationId;
  const { holder, queue } = state;
  if (holder !== undefined) {
    if (isIt(holder)) return { ...quietly(state), answer: GRANTED };
    const follower = state.joined.find(isIt);
    if (follower !== undefined) return { ...quietly(state), answer: { status: 'joined', leader: follower.leader } };
    const index = queue.findIndex(isIt);
    if (index >= 0) return { ...quietly(state), answer: queuedAt(index, holder) };
  }
  const departed = state.departed.find(isIt);
  if (departed === undefined) return undefined;
  const end = state.ends.findLast(({ leader }) => leader === departed.leader);
  if (end !== undefined) {
    // It joined, and may have missed both the answer and the end: tell it again.
    const message = { to: remediationId, signal: GUARD_LEADER_ENDED_SIGNAL, payload: end } as const;
    return { state, messages: [message], answer: { status: 'joined', leader: end.leader } };
  }
  const text = 'The remediation has left the target before';
  return { ...quietly(state), answer: { status: 'refused', reason: RefusalReason.AlreadyLeft, text } };
}

function waitBehind(state: TargetGuardState, holder: TargetHold, hold: TargetHold): TargetAnswered {
  const { queue, joined } = state;
  if (queue.length + joined.length >= MAX_WAITING) {
    const text = `More than ${MAX_WAITING} remediations wait for the target`;
    return refused(state, { status: 'refused', reason: RefusalReason.TooManyWaiting, text }, hold.since);
  }
  const refusal = refusalBehindLease(state, holder, hold);
  if (refusal !== undefined) return refused(state, refusal, hold.since);
  // Whoever only leases the target has done its part: its end would say nothing about a new alert.
  const leader = holder.yieldsSince === undefined ? holder : queue[0];
  if (hold.clause.onBusy === 'join' && leader !== undefined) {
    const next = { ...state, joined: [...joined, { ...hold, leader: leader.remediationId }] };
    return { ...quietly(next), answer: { status: 'joined', leader: leader.remediationId } };
  }
  const next = { ...state, queue: [...queue, hold] };
  return { state: next, messages: yieldRequests(next), answer: queuedAt(queue.length, holder) };
}

/** A lease must not be ended for one that could not act after it: nobody would then take the target back. */
function refusalBehindLease(state: TargetGuardState, holder: TargetHold, hold: TargetHold): Refused | undefined {
  const { yieldsSince, actedAt: at, action, clause } = holder;
  if (yieldsSince === undefined || at === undefined) return undefined;
  const change = { action, at, until: at + clause.cooldownSeconds * 1000 };
  const { since: now } = hold;
  return refusalOf({ ...state, changes: change.until > now ? [...state.changes, change] : state.changes }, hold, now);
}

/** Asks a holder that only leases the target to make way for the first that waits. Saying it again does no harm. */
export function yieldRequests({ holder, queue }: TargetGuardState): readonly GuardMessage[] {
  const [first] = queue;
  if (holder?.yieldsSince === undefined || first === undefined) return [];
  return [{ to: holder.remediationId, signal: GUARD_YIELD_SIGNAL, payload: { to: first.remediationId } }];
}

function queuedAt(index: number, holder: TargetHold): TargetAnswer {
  return { status: 'queued', position: index + 1, text: `The target is busy with ${holder.remediationId}` };
}

/** A cure that did not hold is a failure, once. */
function countFlap(state: TargetGuardState, { alertKey, clause }: EnterTarget, now: number): TargetGuardState {
  const cure = state.cures.find((candidate) => candidate.alertKey === alertKey);
  if (cure === undefined || now >= cure.at + clause.flapSeconds * 1000) return state;
  return {
    ...state,
    cures: state.cures.filter((candidate) => candidate !== cure),
    breaker: afterFailure(state.breaker, clause.breaker, now),
    recent: withRecent(
      state.recent,
      now,
      `Failure: ${alertKey} fires again, ${seconds(now - cure.at)} s after its cure`,
    ),
  };
}

function seconds(ms: number): number {
  return Math.round(ms / 1000);
}

function time(ms: number): string {
  return new Date(ms).toISOString();
}
