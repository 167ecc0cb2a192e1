import {
  ActivityCancellationType,
  ApplicationFailure,
  CancellationScope,
  proxyActivities,
  proxyLocalActivities,
  TimeoutFailure,
} from '@temporalio/workflow';
import type { ActivityOptions, LocalActivityOptions } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import type { EffectInput, EffectResult } from '../domain/actions/effects.ts';
import { isFailureType, isRetryable } from '../domain/failures.ts';
import { causeOf } from './remediation/fault.ts';

/**
 * Reading on the fast path. A local activity saves two trips through a task queue (some 10 ms each), and holds signals
 * back while it runs: so it gets little time, and a server that is away is waited for by `PATIENT_READ` instead.
 */
const FAST_READ: LocalActivityOptions = {
  startToCloseTimeout: '3s', // A healthy read takes milliseconds; a hang must not hold the workflow task for long.
  retry: { maximumAttempts: 2, initialInterval: '100ms' },
};

/** Reading while the other side may be down: visible in the Web UI as a pending activity with its last failure. */
const PATIENT_READ: ActivityOptions = {
  startToCloseTimeout: '30s',
  // Ten minutes of failed attempts, longer than a control-plane upgrade; after them a human is a better reader. No
  // deadline from when it was scheduled: a worker that was away has not tried.
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '15s', maximumAttempts: 45 },
};

/** What the SDK calls an activity type that the worker does not have: an older worker will never learn it. */
const UNKNOWN_ACTIVITY = 'NotFoundError';

/**
 * Changing the cluster. Every effect is compare-and-set and idempotent, so that trying again is safe. There is no
 * deadline from when it was scheduled: a worker that was away has not tried. `untilDone` counts from the first failure.
 */
const EFFECT: ActivityOptions = {
  startToCloseTimeout: '30s',
  heartbeatTimeout: '10s', // A worker that died with the answer: what it did is to be proven while the proof can be had.
  retry: {
    initialInterval: '500ms',
    backoffCoefficient: 2,
    maximumInterval: '15s',
    maximumAttempts: 10, // A minute and a half of failed attempts, after which the workflow looks at its patience.
    nonRetryableErrorTypes: [UNKNOWN_ACTIVITY],
  },
  // The effect may be half-way when a cancel arrives: hear its end before undoing it.
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
};

/** Undoing: tried until it is done. */
const UNDO: ActivityOptions = {
  startToCloseTimeout: '30s',
  heartbeatTimeout: '10s',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '30s', maximumAttempts: 10 },
};

/** What the store must hear, however long it is away: until then others wait for what it would free. */
const SETTLE: ActivityOptions = {
  startToCloseTimeout: '30s',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '15s' },
};

/**
 * Telling people. Tried for a day of failed attempts, because the page is what is left when all else has failed; a worker
 * that was away has not tried.
 */
const NOTIFY: ActivityOptions = {
  startToCloseTimeout: '30s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '5m', maximumAttempts: 295 },
};

/** Asking something of a server that may be away, where its answer is welcome and never needed. */
const ASK: ActivityOptions = {
  startToCloseTimeout: '10s',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '5s', maximumAttempts: 6 },
};

/** Looking around for the human who is about to be told, who is told without it after a while. */
const LOOK: ActivityOptions = {
  startToCloseTimeout: '15s', // It settles by itself within some 6.
  retry: { initialInterval: '200ms', maximumAttempts: 2, nonRetryableErrorTypes: [UNKNOWN_ACTIVITY] },
};

/** Margin in seconds for an activity's own start, last request and end, beside the time its plan gives it. */
const WAIT_MARGIN_SECONDS = 60;

/** A worker that died is missed after this many seconds without a sign of life. */
const HEARTBEAT_MARGIN_SECONDS = 5;

/** Waiting, bounded by the plan. Heartbeats tell a dead worker from a slow rollout. */
function waitOptions(seconds: number, heartbeatEverySeconds: number): ActivityOptions {
  return {
    startToCloseTimeout: (seconds + WAIT_MARGIN_SECONDS) * 1000,
    heartbeatTimeout: (heartbeatEverySeconds + HEARTBEAT_MARGIN_SECONDS) * 1000,
    retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '10s' },
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  };
}

type Call<T> = (activities: Activities) => Promise<T>;

/** The activity that is named for an action; `summary` is what the Web UI shows beside the event. */
export const effect = (action: string, summary: string) => {
  const effects = proxyActivities<Record<string, (input: EffectInput) => Promise<EffectResult>>>({
    ...EFFECT,
    summary,
  });
  return (input: EffectInput): Promise<EffectResult> => required(effects[action])(input);
};
/** Other activities that change the cluster, by the same terms. */
export const change = (summary: string) => proxyActivities<Activities>({ ...EFFECT, summary });
/** Activities that undo; call them in a non-cancellable scope only. */
export const undo = (summary: string) => proxyActivities<Activities>({ ...UNDO, summary });
/** Activities that no step waits for. */
export const ask = (summary: string) => proxyActivities<Activities>({ ...ASK, summary });
/** Activities that look around, for people; they may fail. */
export const look = (summary: string) => proxyActivities<Activities>({ ...LOOK, summary });
/** Activities that tell people. */
export const tell = (summary: string) => proxyActivities<Activities>({ ...NOTIFY, summary });
/** Activities that wait: for at most `seconds`, with a heartbeat at least every `heartbeatEverySeconds`. */
export const wait = (summary: string, seconds: number, heartbeatEverySeconds: number) =>
  proxyActivities<Activities>({ ...waitOptions(seconds, heartbeatEverySeconds), summary });

/**
 * Reads quickly if the other side answers, patiently if it does not: `call` runs first on local activities, and once
 * more on ordinary ones with long retries when the first try failed for a reason that time can heal. `within`: what may
 * end that second try before its time; the first is too short to be ended.
 */
export function read<T>(summary: string, call: Call<T>): Promise<T>;
export function read<T>(
  summary: string,
  call: Call<T>,
  within: (patiently: () => Promise<T>) => Promise<T | undefined>,
): Promise<T | undefined>;
export function read<T>(
  summary: string,
  call: Call<T>,
  within?: (patiently: () => Promise<T>) => Promise<T | undefined>,
): Promise<T | undefined> {
  return quicklyOr(PATIENT_READ, summary, call, within);
}

/** The same for what the store must hear in the end. Idempotent calls only. */
export function settle<T>(summary: string, call: Call<T>): Promise<T> {
  return quicklyOr(SETTLE, summary, call);
}

/** Writes a record of ours in the same way, but for as long as people are told. Idempotent calls only. */
export function record<T>(summary: string, call: Call<T>): Promise<T> {
  return quicklyOr(NOTIFY, summary, call);
}

async function quicklyOr<T, Late = T>(
  patient: ActivityOptions,
  summary: string,
  call: Call<T>,
  within?: (patiently: () => Promise<T>) => Promise<Late>,
): Promise<T | Late> {
  try {
    // Not cancelled: it has little time anyway, and the SDK fails the task in which a local activity is cancelled that has
    // just ended ("Invalid transition in state machine").
    const local = proxyLocalActivities<Activities>({ ...FAST_READ, summary });
    return await CancellationScope.nonCancellable(() => call(local));
  } catch (error) {
    if (!isTransient(error)) throw error;
    const patiently = () => call(proxyActivities<Activities>({ ...patient, summary: `${summary} (waiting)` }));
    return await (within === undefined ? patiently() : within(patiently));
  }
}

/** Whether the same call may succeed later. */
export function isTransient(error: unknown): boolean {
  const cause = causeOf(error);
  if (cause instanceof TimeoutFailure) return true;
  return cause instanceof ApplicationFailure && isFailureType(cause.type) && isRetryable(cause.type);
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw ApplicationFailure.nonRetryable('a proxy has every activity', 'Internal');
  return value;
}
