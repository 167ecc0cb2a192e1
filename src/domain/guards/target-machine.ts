import { breakerForgottenAt, breakerStatus, type BreakerStatus } from './breaker.ts';
import { renderGuard } from './details.ts';
import { targetAt } from './enter-target.ts';
import { holderVanished } from './leave-target.ts';
import { type GuardMachine, quietly } from './machine.ts';
import { GUARD_TURN_SIGNAL } from './names.ts';
import type { RecentEntry } from './recent.ts';
import type { RecentChange, TargetGuardState, TargetHold } from './target-state.ts';

/** What the guard of a target does without being asked. */
export const targetMachine: GuardMachine<TargetGuardState> = {
  holds: ({ holder }) => (holder === undefined ? [] : [holder]),
  pressed: ({ queue, joined }) => queue.length + joined.length > 0,
  vanished: holderVanished,
  undelivered: (state, message, moment) => {
    // Only a turn matters: whoever was to share an end, and has ended, needs none.
    if (message.signal !== GUARD_TURN_SIGNAL || message.payload.status !== 'granted') return quietly(state);
    return holderVanished(state, [message.to], moment);
  },
  // Nobody waits for time: a cooldown and an open breaker refuse.
  wakesAt: () => undefined,
  wake: (state, moment) => quietly(targetAt(state, moment)),
  endsAt: ({ holder, departed, changes, cures, breaker }, { rememberMs }) =>
    holder === undefined
      ? Math.max(
          breakerForgottenAt(breaker),
          ...departed.map(({ at }) => at + rememberMs),
          ...changes.map(({ until }) => until),
          ...cures.map(({ until }) => until),
        )
      : undefined,
  details: (state, now) => renderTarget(targetView(state, now)),
};

/** A remediation on the target or in line for it. Times in epoch ms. */
export interface TargetHoldView {
  readonly remediationId: string;
  readonly action: string;
  readonly since: number;
  /** Since when it only leases the target. */
  readonly yieldsSince?: number;
}

/** Answer of the target guard's `state` query. Times in epoch ms; `at` is when the guard last did anything. */
export interface TargetGuardView {
  readonly at: number;
  readonly holder?: TargetHoldView;
  /** In the order of their turns. */
  readonly queue: readonly TargetHoldView[];
  /** How many share the end of the holder, or of one that waits. */
  readonly joined: number;
  readonly cooldowns: readonly RecentChange[];
  readonly breaker: {
    readonly status: BreakerStatus;
    /** Counted in the window. */
    readonly failures: number;
    /** When an open one lets the next remediation try. */
    readonly until?: number;
  };
  readonly recent: readonly RecentEntry[];
}

export function targetView(state: TargetGuardState, now: number): TargetGuardView {
  const { holder, queue, joined, changes, breaker, recent } = state;
  const shown = ({ remediationId, action, since, yieldsSince }: TargetHold): TargetHoldView => ({
    ...{ remediationId, action, since },
    ...(yieldsSince === undefined ? {} : { yieldsSince }),
  });
  return {
    at: now,
    ...(holder === undefined ? {} : { holder: shown(holder) }),
    queue: queue.map(shown),
    joined: joined.length,
    cooldowns: changes,
    breaker: {
      status: breakerStatus(breaker, now),
      failures: breaker.failures.length,
      ...(breaker.open === undefined ? {} : { until: breaker.open.until }),
    },
    recent,
  };
}

function renderTarget({ at, holder, queue, joined, cooldowns, breaker, recent }: TargetGuardView): string {
  const { status, failures, until } = breaker;
  return renderGuard({
    facts: [
      ['Holder', holder === undefined ? 'nobody' : `${holder.remediationId} (${holder.action})`],
      ['Waiting for a turn', String(queue.length)],
      ['Joined', String(joined)],
      [
        'Breaker',
        `${status.replace('_', '-')}, ${failures} failures${until === undefined ? '' : `, until ${time(until)}`}`,
      ],
      ['Cooldowns', cooldowns.map(({ action, until: end }) => `${action} until ${time(end)}`).join(', ') || 'none'],
    ],
    recent,
    at,
  });
}

function time(ms: number): string {
  return new Date(ms).toISOString();
}
