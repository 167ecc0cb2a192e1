import type { Logger } from '../../telemetry/logger.ts';
import type { GuardStore } from '../../store/store.ts';
import type { Remediations } from '../remediations/remediations.ts';
import { type Change, ChangeLog } from './change-log.ts';
import { RemediationWatch } from './remediation-watch.ts';

/** People take it for at once; visibility is behind by some of it anyway. */
const INTERVAL_MS = 1000;
/** Looks between two questions to the guards, each of which has to be answered by a worker. */
const GUARDS_EVERY = 3;
/** Looks that go on without a follower, so that a client that reconnects misses nothing. */
const IDLE_LOOKS = 60;
/** Longest pause after looks that failed, in intervals. */
const MAX_BACKOFF = 10;

/** Where changes are looked for. */
export interface ChangeSources {
  readonly remediations: Pick<Remediations, 'list'>;
  readonly guards: Pick<GuardStore, 'overview'>;
  readonly logger: Logger;
  /** Milliseconds between two looks. */
  readonly intervalMs?: number;
}

export interface ChangeLoopParts extends ChangeSources {
  readonly onChange: (change: Change) => void;
  readonly isFollowed: () => boolean;
  readonly onEnd: () => void;
}

/** One life of the loop, with a log of its own: it ends when it has had no follower for a while. */
export class ChangeLoop {
  readonly log = new ChangeLog(Date.now().toString(36));
  readonly #parts: ChangeLoopParts;
  readonly #watch: RemediationWatch;
  #guards: string | undefined;
  #looks = 0;
  #idle = 0;
  #failures = 0;
  #stopped = false;
  #hurried = false;
  #wake: (() => void) | undefined;

  constructor(parts: ChangeLoopParts) {
    this.#parts = parts;
    this.#watch = new RemediationWatch(parts.remediations);
    void this.#loop();
  }

  hurry(): void {
    this.#hurried = true;
    this.#wake?.();
  }

  stop(): void {
    this.#stopped = true;
    this.#wake?.();
  }

  async #loop(): Promise<void> {
    while (!this.#stopped && this.#idle < IDLE_LOOKS) {
      try {
        await this.#look();
        this.#failures = 0;
      } catch (error) {
        this.#failures += 1;
        // Once an outage: followers see that nothing comes, and `/readyz` says why.
        if (this.#failures === 1) this.#parts.logger.warn({ err: error }, 'changes cannot be looked for');
      }
      this.#idle = this.#parts.isFollowed() ? 0 : this.#idle + 1;
      await this.#pause();
    }
    this.#parts.onEnd();
  }

  async #look(): Promise<void> {
    const { guards, onChange } = this.#parts;
    const hurried = this.#hurried;
    this.#hurried = false;
    const isFirst = this.#looks === 0;
    const changed = await this.#watch.look(Date.now());
    // What was there before anybody followed is no change.
    if (!isFirst) {
      for (const item of changed) onChange(this.log.add({ event: 'remediation', data: JSON.stringify(item) }));
    }
    if (hurried || this.#looks % GUARDS_EVERY === 0) {
      const data = JSON.stringify(await guards.overview());
      if (this.#guards !== undefined && this.#guards !== data) onChange(this.log.add({ event: 'guards', data }));
      this.#guards = data;
    }
    this.#looks += 1;
  }

  #pause(): Promise<void> {
    const interval = this.#parts.intervalMs ?? INTERVAL_MS;
    const ms = this.#hurried || this.#stopped ? 0 : interval * Math.min(MAX_BACKOFF, 1 + this.#failures);
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
      const timer = setTimeout(end, ms);
      // A process that has nothing else to do may end.
      timer.unref();
      this.#wake = end;
    });
  }
}
