import {
  allHandlersFinished,
  CancellationScope,
  condition,
  getExternalWorkflowHandle,
  setCurrentDetails,
  workflowInfo,
} from '@temporalio/workflow';
import type { Answered, GuardMachine, Moment, Transition } from '../../domain/guards/machine.ts';
import type { GuardMessage } from '../../domain/guards/messages.ts';
import { GUARD_LEADER_ENDED_SIGNAL } from '../../domain/guards/names.ts';
import type { GuardTuning } from '../../contract/guards.ts';
import { findEnded } from './find-ended.ts';

export interface GuardParts<S> {
  /** What to begin with. */
  readonly state: S;
  readonly tuning?: GuardTuning | undefined;
  /** Called for each transition with the state before and after it. */
  readonly onChange?: (before: S, after: S) => void;
}

/** Half of the server's `history.maxTotalUpdates`: the rest is room for those that come while the run winds up. */
const MAX_UPDATES = 1000;

/** A holder that was terminated keeps the others waiting for a minute or so. */
const PROBE_SECONDS = 60;

/** Nobody waits: the look is only for the guard's own end. */
const IDLE_PROBES = 10;

/** Longer than the retries of the activity that enters, so that none comes late unrecognised. */
const REMEMBER_SECONDS = 900;

/** Signals under way at once; the server allows 2,000 a workflow. */
const MAX_SENDING = 200;

/** What must have changed in time alone before it is looked at again, in ms. */
const WAKE_PAUSE_MS = 1000;

/**
 * The life of a guard around its state: tells remediations, looks whether the holders still run, wakes those that wait
 * for time, continues as new before the history grows, and ends when nothing is left to remember. Cancelling it does
 * nothing, because nobody would free those that wait.
 */
export class GuardLoop<S> {
  readonly #machine: GuardMachine<S>;
  readonly #tuning: GuardTuning;
  readonly #onChange: GuardParts<S>['onChange'];
  #state: S;
  #updates = 0;
  #outbox: GuardMessage[] = [];
  #sending = 0;
  #probe: CancellationScope | undefined;
  readonly #startedAt = Date.now();
  #probedAt = 0;
  #wokenAt = 0;
  #nextDue: { readonly at: number } | undefined;

  constructor(machine: GuardMachine<S>, { state, tuning = {}, onChange }: GuardParts<S>) {
    this.#machine = machine;
    this.#tuning = tuning;
    this.#state = state;
    this.#onChange = onChange;
    this.#plan();
  }

  get state(): S {
    return this.#state;
  }

  get moment(): Moment {
    return { now: Date.now(), rememberMs: (this.#tuning.rememberSeconds ?? REMEMBER_SECONDS) * 1000 };
  }

  /** For a query, in which the workflow's own clock stands where the guard last did anything. */
  momentAt(now: number): Moment {
    return { ...this.moment, now: Math.max(Date.now(), now) };
  }

  /** Makes something that happened part of the state, and tells whom it concerns. */
  apply({ state, messages }: Transition<S>): void {
    this.#onChange?.(this.#state, state);
    this.#state = state;
    const urgent = messages.filter(({ signal }) => signal !== GUARD_LEADER_ENDED_SIGNAL);
    const others = messages.filter(({ signal }) => signal === GUARD_LEADER_ENDED_SIGNAL);
    // Somebody's turn must not wait until hundreds are told of an end.
    this.#outbox = [...urgent, ...this.#outbox, ...others];
    this.#send();
    this.#plan();
    setCurrentDetails(this.#machine.details(this.#state, Date.now()));
  }

  /** The same for an update, with what it answers. */
  answer<A>(answered: Answered<S, A>): A {
    this.#updates += 1;
    this.apply(answered);
    return answered.answer;
  }

  /**
   * Returns when nothing is left to remember.
   *
   * @param renew continues as new with a state; never returns.
   */
  async run(renew: (state: S) => Promise<never>): Promise<void> {
    await CancellationScope.nonCancellable(async () => {
      for (;;) {
        if (this.#mustRenew) {
          this.#probe?.cancel();
          await condition(() => this.#isQuiet);
          await renew(this.#state);
        }
        if ((this.#endsAt() ?? Infinity) <= Date.now()) {
          if (this.#isQuiet) return;
          await condition(() => this.#isQuiet);
        } else {
          await this.#untilDue();
          this.#act();
        }
      }
    });
  }

  get #mustRenew(): boolean {
    return workflowInfo().continueAsNewSuggested || this.#updates >= (this.#tuning.maxUpdates ?? MAX_UPDATES);
  }

  get #isQuiet(): boolean {
    return this.#sending === 0 && this.#outbox.length === 0 && this.#probe === undefined && allHandlersFinished();
  }

  /** One timer serves until something is due earlier: a new one at each update would double the history. */
  async #untilDue(): Promise<void> {
    const due = this.#nextDue?.at;
    const changed = () => this.#mustRenew || (this.#nextDue?.at ?? Infinity) < (due ?? Infinity);
    if (due === undefined) await condition(changed);
    else await condition(changed, Math.max(1, due - Date.now()));
  }

  /** Does what is due; each leaves a later time behind it. */
  #act(): void {
    const now = Date.now();
    if ((this.#wakesAt() ?? Infinity) <= now) {
      this.#wokenAt = now;
      this.apply(this.#machine.wake(this.#state, this.moment));
    }
    if ((this.#probesAt() ?? Infinity) <= now) this.#startProbe();
    this.#plan();
  }

  #plan(): void {
    const times = [this.#wakesAt(), this.#probesAt(), this.#endsAt()].filter((at) => at !== undefined);
    this.#nextDue = times.length === 0 ? undefined : { at: Math.min(...times) };
  }

  #wakesAt(): number | undefined {
    const at = this.#machine.wakesAt(this.#state, this.moment);
    return at === undefined ? undefined : Math.max(at, this.#wokenAt + WAKE_PAUSE_MS);
  }

  /** Not at once, because the update that starts a guard comes after its start. */
  #endsAt(): number | undefined {
    const at = this.#machine.endsAt(this.#state, this.moment);
    return at === undefined ? undefined : Math.max(at, this.#startedAt + this.moment.rememberMs);
  }

  #probesAt(): number | undefined {
    const holds = this.#machine.holds(this.#state);
    if (holds.length === 0 || this.#probe !== undefined) return undefined;
    const seconds =
      (this.#tuning.probeSeconds ?? PROBE_SECONDS) * (this.#machine.pressed(this.#state) ? 1 : IDLE_PROBES);
    return Math.max(this.#probedAt, Math.min(...holds.map(({ since }) => since))) + seconds * 1000;
  }

  #startProbe(): void {
    this.#probedAt = Date.now();
    const scope = new CancellationScope();
    this.#probe = scope;
    void this.#probeIn(scope);
  }

  async #probeIn(scope: CancellationScope): Promise<void> {
    const ids = this.#machine.holds(this.#state).map(({ remediationId }) => remediationId);
    const ended = await scope.run(() => findEnded(ids)).catch(() => []); // Looked at again the next time.
    this.#probe = undefined;
    if (ended.length > 0) this.apply(this.#machine.vanished(this.#state, ended, this.moment));
    else this.#plan();
  }

  #send(): void {
    const messages = this.#outbox.splice(0, MAX_SENDING - this.#sending);
    this.#sending += messages.length;
    for (const message of messages) void this.#deliver(message);
  }

  async #deliver(message: GuardMessage): Promise<void> {
    const { to, signal, payload } = message;
    let delivered = true;
    try {
      await CancellationScope.nonCancellable(() => getExternalWorkflowHandle(to).signal(signal, payload));
    } catch {
      delivered = false; // It has ended: nothing else keeps the server from taking the signal.
    }
    this.#sending -= 1;
    if (delivered) this.#send();
    else this.apply(this.#machine.undelivered(this.#state, message, this.moment));
    this.#plan();
  }
}
