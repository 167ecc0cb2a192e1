import { setImmediate as nextTurn } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Admission } from '../domain/admission/admission.ts';
import type { Alert } from '../domain/alert/alert.ts';
import type { Decision } from '../domain/decision.ts';
import { defined } from '../domain/defined.ts';
import type { Plan } from '../domain/plan/plan.ts';
import { goesStraight } from '../domain/remediation/goes-straight.ts';
import type { Found, LookInput, Preparation, PrepareInput } from './preparation.ts';

/** Milliseconds after which what was read is not taken any more for what is so. */
const FRESH_MS = 2000;

/** In a storm, reads beside the starts would only be in their way. */
const MAX_BEGUN = 8;

/** Spells of alerts that are remembered, so that a repeat of one does not begin the same again. */
const MAX_SEEN = 10_000;

export interface DecidedAlert {
  readonly alert: Alert;
  readonly decision?: Decision;
}

export interface StartToCome extends DecidedAlert {
  readonly remediationId: string;
}

/** What is told of a start that was made; `here`: its first task has come to this process with the answer. */
export type NoteStarted = (start: { readonly here: boolean }) => void;

/** Reads that are under way. */
interface Looking {
  readonly plan: Plan;
  readonly at: number;
  readonly found: Promise<Found>;
}

interface Begun extends Looking {
  readonly input: PrepareInput;
  readonly admission: Promise<Admission | undefined>;
}

export interface PreparedAheadParts {
  readonly preparation: Pick<Preparation, 'look' | 'foresee' | 'admit'>;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

/**
 * What a remediation will ask first, begun while it is being started by the same process: its reads as soon as it is
 * decided, beside the judgement of its incident and the start, and its admission once the start is durable. Taken once, by the first `prepare` that asks the very same within `FRESH_MS`;
 * what fails, or is not taken, is as if it had never been: asking again is always safe.
 *
 * A remediation that leaves without having asked gives back what was granted here, and an admission that commits after
 * that finds its tombstone.
 */
export class PreparedAhead {
  readonly #preparation: PreparedAheadParts['preparation'];
  readonly #now: () => number;
  readonly #begun = new Map<string, Begun>();
  readonly #foreseen = new Map<Alert, Looking>();
  readonly #seen = new Set<string>();

  constructor({ preparation, now = () => performance.now() }: PreparedAheadParts) {
    this.#preparation = preparation;
    this.#now = now;
  }

  /** Begins the reads for an alert that is probably to be started: not for a repeat, as far as those are remembered. */
  foresee({ alert, decision }: DecidedAlert): void {
    if (!goesStraight(decision) || !this.#hasRoom()) return;
    const spell = `${alert.fingerprint}/${alert.startsAt}`;
    if (this.#seen.has(spell)) return;
    if (this.#seen.size >= MAX_SEEN) this.#seen.clear();
    this.#seen.add(spell);
    this.#foreseen.set(alert, this.#look({ alert, plan: decision.plan }));
  }

  /** Undefined: nothing is begun, because something has to happen before the reads, or enough is under way. */
  begin({ remediationId, alert, decision }: StartToCome): NoteStarted | undefined {
    if (!goesStraight(decision)) return undefined;
    const foreseen = this.#foreseen.get(alert);
    this.#foreseen.delete(alert);
    if (!this.#hasRoom()) return undefined;
    const { plan, ...words } = decision;
    const input: PrepareInput = { remediationId, alert, plan, admit: { decision: words } };
    const { promise: started, resolve: noteStarted } = Promise.withResolvers<boolean>();
    const isForeseen = foreseen?.plan === plan && this.#isFresh(foreseen);
    const looking = isForeseen ? foreseen : this.#look({ alert, plan });
    const { at, found } = looking;
    const admission = this.#admitOnce({ input, at, found, started });
    admission.catch(() => undefined); // Told to what takes it.
    this.#begun.set(remediationId, { ...looking, input, admission });
    return ({ here }) => {
      if (!here) this.#begun.delete(remediationId);
      noteStarted(here);
    };
  }

  /** Undefined: it has to be read, and asked for. */
  async take(input: PrepareInput): Promise<(Found & { readonly admission?: Admission }) | undefined> {
    const begun = this.#begun.get(input.remediationId);
    this.#begun.delete(input.remediationId);
    if (begun === undefined || !isSame(begun.input, input)) return undefined;
    try {
      const found = await begun.found;
      const admission = found.verdict.go ? await begun.admission : undefined;
      return this.#isFresh(begun) ? { ...found, ...defined({ admission }) } : undefined;
    } catch {
      return undefined;
    }
  }

  #look(input: LookInput): Looking {
    // What the delivery waits for goes first: it is the longest.
    const found = nextTurn().then(() => this.#preparation.look(input, AbortSignal.timeout(FRESH_MS)));
    found.catch(() => undefined); // Told to what takes it.
    return { plan: input.plan, at: this.#now(), found };
  }

  async #admitOnce({
    input,
    at,
    found,
    started,
  }: Pick<Begun, 'input' | 'at' | 'found'> & { readonly started: Promise<boolean> }): Promise<Admission | undefined> {
    const what = await found;
    this.#preparation.foresee(input, what);
    // Nothing is granted to a remediation that may not be there, or whose first task is another process's.
    const isHere = await started;
    return isHere && this.#isFresh({ at }) ? await this.#preparation.admit(input, what) : undefined;
  }

  #isFresh({ at }: Pick<Begun, 'at'>): boolean {
    return this.#now() - at < FRESH_MS;
  }

  #hasRoom(): boolean {
    for (const [id, begun] of this.#begun) if (!this.#isFresh(begun)) this.#begun.delete(id);
    for (const [alert, looking] of this.#foreseen) if (!this.#isFresh(looking)) this.#foreseen.delete(alert);
    return this.#begun.size + this.#foreseen.size < MAX_BEGUN;
  }
}

/** The one has been to Temporal and back: what is undefined there is not there. */
function isSame(begun: PrepareInput, { start: _start, firstRunId: _run, ...asked }: PrepareInput): boolean {
  return isDeepStrictEqual(JSON.parse(JSON.stringify(begun)), JSON.parse(JSON.stringify(asked)));
}
