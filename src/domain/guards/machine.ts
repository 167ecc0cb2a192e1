import type { GuardMessage } from './messages.ts';

/** When a transition happens, and for how long the guard remembers who has left it. */
export interface Moment {
  /** Epoch ms. */
  readonly now: number;
  readonly rememberMs: number;
}

/** What something that happened makes of a state: the next one, and whom to tell. */
export interface Transition<S> {
  readonly state: S;
  readonly messages: readonly GuardMessage[];
}

export type Answered<S, A> = Transition<S> & { readonly answer: A };

/** A remediation that holds something, since when in epoch ms. */
export interface Hold {
  readonly remediationId: string;
  readonly since: number;
}

/** What a guard does without being asked. Every function is pure. */
export interface GuardMachine<S> {
  /** Those that must not hold the others up if they have vanished. */
  readonly holds: (state: S) => readonly Hold[];
  /** Whether somebody waits for a hold to end. */
  readonly pressed: (state: S) => boolean;
  /** Remediations that are no longer running, although they never left. */
  readonly vanished: (state: S, ids: readonly string[], moment: Moment) => Transition<S>;
  /** The receiver of a message is not running. */
  readonly undelivered: (state: S, message: GuardMessage, moment: Moment) => Transition<S>;
  /** Epoch ms at which time alone may change something for those that wait; undefined: never. */
  readonly wakesAt: (state: S, moment: Moment) => number | undefined;
  readonly wake: (state: S, moment: Moment) => Transition<S>;
  /** Epoch ms from which on nothing is left to remember; undefined: cannot be known yet. */
  readonly endsAt: (state: S, moment: Moment) => number | undefined;
  /** The state as Markdown, for the Web UI. */
  readonly details: (state: S, now: number) => string;
}

/** A transition that tells nobody. */
export function quietly<S>(state: S): Transition<S> {
  return { state, messages: [] };
}
