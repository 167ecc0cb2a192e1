import { limitOf, HOUR_MS } from './cluster-limits.ts';
import type { Act, ClusterGuardState, ClusterHold, EnterCluster } from './cluster-state.ts';
import { stillRemembered, withDeparted } from './departed.ts';
import { type Answered, type Moment, quietly, type Transition } from './machine.ts';
import {
  type ClusterAnswer,
  type GuardMessage,
  type HumanOrder,
  type Leave,
  type PauseNotice,
  type Refused,
  RefusalReason,
} from './messages.ts';
import { CLUSTER_TURN_SIGNAL, GUARD_PAUSED_SIGNAL } from './names.ts';
import { bounded, withRecent } from './recent.ts';

/** Their IDs and targets have to fit into what one run hands to the next. */
const MAX_QUEUE = 2000;

/** Changes that are remembered: more than the settings allow in the longest window that they allow. */
const MAX_ACTS = 2000;

type ClusterAnswered = Answered<ClusterGuardState, ClusterAnswer>;

/** A remediation asks for a slot. The same one asking again gets the same answer, as far as it still holds. */
export function enterCluster(before: ClusterGuardState, request: EnterCluster, moment: Moment): ClusterAnswered {
  const { limits, ...who } = request;
  const present = { ...clusterAt(before, moment), limits };
  const { remediationId } = who;
  const isIt = (hold: { readonly remediationId: string }) => hold.remediationId === remediationId;
  if (!present.holders.some(isIt) && !present.queue.some(isIt)) {
    const refusal = refusalAtOnce(present, isIt);
    if (refusal !== undefined) return { ...quietly(noteRefusal(present, refusal, moment.now)), answer: refusal };
  }
  const known = present.holders.some(isIt) || present.queue.some(isIt);
  const hold: ClusterHold = { ...who, since: moment.now };
  const asked = known ? present : { ...present, queue: [...present.queue, hold] };
  const { state, messages } = admit(asked, moment);

  if (state.holders.some(isIt)) {
    // The answer says it; no signal is needed.
    return { state, messages: messages.filter(({ to }) => to !== remediationId), answer: { status: 'granted' } };
  }
  const index = state.queue.findIndex(isIt);
  const limit = limitOf(state, state.queue[index] ?? hold, moment.now);
  const text = limit?.text ?? 'Others are before it';
  if (limits.overLimit === 'wait' || known) {
    return { state, messages, answer: { status: 'queued', position: index + 1, text } };
  }
  const refusal = limit ?? { status: 'refused', reason: RefusalReason.MaxConcurrent, text };
  const without = { ...state, queue: state.queue.filter((other) => !isIt(other)) };
  return { state: noteRefusal(without, refusal, moment.now), messages, answer: refusal };
}

/** A remediation frees its slot, or does not want to wait any longer. Unknown ones are remembered as gone. */
export function leaveCluster(before: ClusterGuardState, leave: Leave, moment: Moment): Transition<ClusterGuardState> {
  const { remediationId, acted, actedAt = moment.now } = leave;
  const state = clusterAt(before, moment);
  const holder = state.holders.find((hold) => hold.remediationId === remediationId);
  const at = Math.min(actedAt, moment.now);
  const acts = holder !== undefined && acted ? withActs(state.acts, [{ ...placeOf(holder), at }]) : state.acts;
  const others = (hold: ClusterHold) => hold.remediationId !== remediationId;
  return admit(
    {
      ...state,
      acts,
      holders: state.holders.filter(others),
      queue: state.queue.filter(others),
      departed: withDeparted(state.departed, [{ remediationId, at: moment.now }]),
    },
    moment,
  );
}

/** Holders that have ended without leaving. Each may have changed its target just now. */
export function holdersVanished(
  before: ClusterGuardState,
  ids: readonly string[],
  moment: Moment,
): Transition<ClusterGuardState> {
  const state = clusterAt(before, moment);
  const { now } = moment;
  const gone = state.holders.filter(({ remediationId }) => ids.includes(remediationId));
  if (gone.length === 0) return quietly(before);
  const recent = gone.reduce(
    (entries, { remediationId }) => withRecent(entries, now, `${remediationId} has ended without saying so`),
    state.recent,
  );
  return admit(
    {
      ...state,
      recent,
      acts: withActs(
        state.acts,
        gone.map((hold) => ({ ...placeOf(hold), at: now })),
      ),
      holders: state.holders.filter((hold) => !gone.includes(hold)),
      departed: withDeparted(
        state.departed,
        gone.map(({ remediationId }) => ({ remediationId, at: now })),
      ),
    },
    moment,
  );
}

/** A human stops, or allows, all further changes. Every holder is told; nothing is granted during a pause. */
export function pauseCluster(
  before: ClusterGuardState,
  { paused, by, reason }: PauseNotice,
  moment: Moment,
): Transition<ClusterGuardState> {
  const { pause, ...rest } = clusterAt(before, moment);
  if (!paused && pause === undefined) return quietly(before);
  const order: HumanOrder = { by: bounded(by), reason: bounded(reason) };
  const told = pause?.by !== order.by || pause.reason !== order.reason || !paused;
  const messages = rest.holders.map(
    ({ remediationId }) => ({ to: remediationId, signal: GUARD_PAUSED_SIGNAL, payload: { paused, ...order } }) as const,
  );
  const text = `${paused ? 'Paused' : 'Resumed'} by ${order.by}: ${order.reason}`;
  const state: ClusterGuardState = {
    ...rest,
    ...(paused ? { pause: { ...order, since: pause?.since ?? moment.now } } : {}),
    recent: withRecent(rest.recent, moment.now, text),
  };
  const next = admit(state, moment);
  return { state: next.state, messages: [...(told ? messages : []), ...next.messages] };
}

/** Gives slots to those in the queue that fit, in their order; a namespace that is full holds up no other. */
export function admit(before: ClusterGuardState, { now }: Moment): Transition<ClusterGuardState> {
  let state = before;
  const messages: GuardMessage[] = [];
  const waiting: ClusterHold[] = [];
  const full = new Set<string>();
  for (const [index, hold] of before.queue.entries()) {
    const { remediationId, namespace, target } = hold;
    const limit = full.has(namespace) ? 'full' : limitOf(state, hold, now);
    if (limit === undefined) {
      const recent = withRecent(state.recent, now, `Granted to ${remediationId} for ${target}`);
      state = { ...state, recent, holders: [...state.holders, { ...hold, since: now }] };
      messages.push({ to: remediationId, signal: CLUSTER_TURN_SIGNAL, payload: { status: 'granted' } });
    } else if (limit === 'full' || limit.reason === RefusalReason.BlastRadius) {
      full.add(namespace);
      waiting.push(hold);
    } else {
      waiting.push(...before.queue.slice(index)); // The whole cluster is full.
      break;
    }
  }
  return { state: { ...state, queue: waiting }, messages };
}

/** The state without what time has ended. */
export function clusterAt(state: ClusterGuardState, moment: Moment): ClusterGuardState {
  const memoryMs = Math.max(HOUR_MS, (state.limits?.blastRadius.windowSeconds ?? 0) * 1000);
  return {
    ...state,
    acts: state.acts.filter(({ at }) => at > moment.now - memoryMs),
    departed: stillRemembered(state.departed, moment),
  };
}

function refusalAtOnce(
  { queue, departed }: ClusterGuardState,
  isIt: (hold: { readonly remediationId: string }) => boolean,
): Refused | undefined {
  if (departed.some(isIt)) {
    const text = 'The remediation has left the cluster guard before';
    return { status: 'refused', reason: RefusalReason.AlreadyLeft, text };
  }
  if (queue.length < MAX_QUEUE) return undefined;
  const text = `More than ${MAX_QUEUE} remediations wait for the cluster`;
  return { status: 'refused', reason: RefusalReason.TooManyWaiting, text };
}

function noteRefusal(state: ClusterGuardState, { text }: Refused, now: number): ClusterGuardState {
  return { ...state, recent: withRecent(state.recent, now, `Refused: ${text}`) };
}

function withActs(acts: readonly Act[], more: readonly Act[]): readonly Act[] {
  return [...acts, ...more].slice(-MAX_ACTS);
}

function placeOf({ namespace, target }: ClusterHold): Omit<Act, 'at'> {
  return { namespace, target };
}
