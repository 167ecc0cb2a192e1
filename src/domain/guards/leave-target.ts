import { Outcome } from '../remediation/outcome.ts';
import { afterFailure, afterSuccess, breakerStatus } from './breaker.ts';
import { withCure } from './cures.ts';
import { withDeparted } from './departed.ts';
import { granted, noteRefusal, refusalOf, targetAt } from './enter-target.ts';
import { type Moment, quietly, type Transition } from './machine.ts';
import type { GuardMessage, LeaderEnded, Leave } from './messages.ts';
import { GUARD_LEADER_ENDED_SIGNAL, GUARD_TURN_SIGNAL } from './names.ts';
import { bounded, withRecent } from './recent.ts';
import type { TargetGuardState, TargetHold } from './target-state.ts';

/** Ends of leaders that can be told again to those that joined and missed it. */
const MAX_ENDS = 20;

/** Actions whose cooldown is kept; the catalogue has fewer. */
const MAX_CHANGES = 100;

/** A remediation is done with the target, or does not want to wait any longer. Unknown ones are remembered as gone. */
export function leaveTarget(before: TargetGuardState, leave: Leave, moment: Moment): Transition<TargetGuardState> {
  const state = targetAt(before, moment);
  const { remediationId, outcome, text } = leave;
  const { holder } = state;
  if (holder?.remediationId === remediationId) {
    return passOn(endOfLeader(without(learn(state, { holder, leave, moment })), leave, moment), moment);
  }
  const others = (hold: TargetHold) => hold.remediationId !== remediationId;
  const left = { ...state, queue: state.queue.filter(others), joined: state.joined.filter(others) };
  return endOfLeader(left, { remediationId, outcome, text }, moment);
}

/**
 * A holder that has ended without leaving. How it went is not known, so that nothing is learnt from it; one that shared
 * its end takes its place, because nobody else has seen to their alerts.
 */
export function holderVanished(
  before: TargetGuardState,
  ids: readonly string[],
  moment: Moment,
): Transition<TargetGuardState> {
  const state = targetAt(before, moment);
  const { holder } = state;
  if (holder === undefined || !ids.includes(holder.remediationId)) return quietly(before);
  const [successor, ...followers] = state.joined.filter(({ leader }) => leader === holder.remediationId);
  const rest = state.joined.filter(({ leader }) => leader !== holder.remediationId);
  const text = `${holder.remediationId} has ended without saying how: look at the target`;
  const next: TargetGuardState = {
    ...without(state),
    recent: withRecent(state.recent, moment.now, text),
    departed: withDeparted(state.departed, [{ remediationId: holder.remediationId, at: moment.now }]),
  };
  if (successor === undefined) return passOn(quietly(next), moment);
  const { leader: _, ...first } = successor;
  const moved = followers.map((follower) => ({ ...follower, leader: successor.remediationId }));
  return passOn(quietly({ ...next, queue: [first, ...next.queue], joined: [...moved, ...rest] }), moment);
}

/** Forgets one that has left, and tells its end to those that share it. */
function endOfLeader(
  state: TargetGuardState,
  { remediationId, outcome, text }: Pick<Leave, 'remediationId' | 'outcome' | 'text'>,
  { now }: Moment,
): Transition<TargetGuardState> {
  const end: LeaderEnded = { leader: remediationId, outcome, text: bounded(text) };
  const followers = state.joined.filter(({ leader }) => leader === remediationId);
  const gone = followers.map((follower) => ({ remediationId: follower.remediationId, at: now, leader: remediationId }));
  return {
    state: {
      ...state,
      joined: followers.length === 0 ? state.joined : state.joined.filter(({ leader }) => leader !== remediationId),
      departed: withDeparted(state.departed, [{ remediationId, at: now }, ...gone]),
      ends: followers.length === 0 ? state.ends : [...state.ends, end].slice(-MAX_ENDS),
    },
    messages: followers.map((follower) => ({
      ...{ to: follower.remediationId, signal: GUARD_LEADER_ENDED_SIGNAL, payload: end },
    })),
  };
}

/** What the end of a holder means for those that come later. */
function learn(
  state: TargetGuardState,
  { holder, leave, moment: { now } }: { holder: TargetHold; leave: Leave; moment: Moment },
): TargetGuardState {
  const { action, clause } = holder;
  const { outcome, acted } = leave;
  const failed = outcome === Outcome.RolledBack || (outcome === Outcome.Escalated && acted);
  const cured = outcome === Outcome.Remediated;
  const wasOpen = breakerStatus(state.breaker, now) !== 'closed';
  const breaker = failed
    ? afterFailure(state.breaker, clause.breaker, now)
    : cured
      ? afterSuccess(state.breaker, now)
      : state.breaker;

  let recent = withRecent(state.recent, now, `${holder.remediationId} ended as ${outcome}: ${leave.text}`);
  if (failed && breakerStatus(breaker, now) === 'open') {
    recent = withRecent(recent, now, `The breaker opens for ${clause.breaker.openSeconds} s`);
  }
  if (cured && wasOpen) recent = withRecent(recent, now, 'The breaker closes: the trial was a cure');

  // A lease begins long after the change, and whoever it makes way for must not be kept out by it.
  const changedAt = Math.min(leave.actedAt ?? holder.yieldsSince ?? now, now);
  const change = { action, at: changedAt, until: changedAt + clause.cooldownSeconds * 1000 };
  const otherChanges = state.changes.filter((candidate) => candidate.action !== action);
  return {
    ...state,
    breaker,
    recent,
    changes: acted && change.until > now ? [...otherChanges, change].slice(-MAX_CHANGES) : state.changes,
    // One that leased the target was counted when the lease began.
    cures: cured && holder.actedAt === undefined ? withCure(state.cures, holder, now) : state.cures,
  };
}

/** Gives the free target to the first in the queue that may have it; refuses those before it. */
function passOn(before: Transition<TargetGuardState>, moment: Moment): Transition<TargetGuardState> {
  const { now } = moment;
  let { state } = before;
  const turns: GuardMessage[] = [];
  const ends: GuardMessage[] = [...before.messages];
  for (let [hold] = state.queue; hold !== undefined && state.holder === undefined; [hold] = state.queue) {
    const { remediationId } = hold;
    const refusal = refusalOf(state, hold, now);
    turns.push({ to: remediationId, signal: GUARD_TURN_SIGNAL, payload: refusal ?? { status: 'granted' } });
    state = { ...state, queue: state.queue.slice(1) };
    if (refusal === undefined) {
      state = granted(state, hold, now);
    } else {
      const { text } = refusal;
      const end = { remediationId, outcome: Outcome.Suppressed, text };
      const told = endOfLeader(noteRefusal(state, refusal, now), end, moment);
      state = told.state;
      ends.push(...told.messages);
    }
  }
  return { state, messages: [...turns, ...ends] };
}

function without({ holder: _, ...rest }: TargetGuardState): TargetGuardState {
  return rest;
}
