import { ChangeLoop, type ChangeSources } from './change-loop.ts';
import type { Change } from './change-log.ts';

/** What a follower gets to know at its beginning. */
export interface Subscription {
  /** What it missed; undefined if that cannot be told, so that it has to read everything anew. */
  readonly missed: readonly Change[] | undefined;
  /** ID to come back with if nothing changes. */
  readonly position: string;
  end(): void;
}

/** Looks for changes on behalf of all who follow: one loop, whatever their number, and none without a follower. */
export class ChangeFeed {
  readonly #parts: ChangeSources;
  readonly #followers = new Set<(change: Change) => void>();
  #loop: ChangeLoop | undefined;

  constructor(parts: ChangeSources) {
    this.#parts = parts;
  }

  /** Calls back with each change from now on. `lastEventId`: of the last change that was seen before. */
  follow(callback: (change: Change) => void, lastEventId?: string): Subscription {
    this.#loop ??= this.#start();
    const { log } = this.#loop;
    this.#followers.add(callback);
    return {
      missed: lastEventId === undefined ? [] : log.since(lastEventId),
      position: log.position,
      end: () => this.#followers.delete(callback),
    };
  }

  get followers(): number {
    return this.#followers.size;
  }

  /** Whether the loop runs: from the first follower on until a while after the last. */
  get isLooking(): boolean {
    return this.#loop !== undefined;
  }

  /** Looks at once: something has just been changed by way of this process. */
  hurry(): void {
    this.#loop?.hurry();
  }

  close(): void {
    this.#loop?.stop();
    this.#loop = undefined;
  }

  #start(): ChangeLoop {
    const loop: ChangeLoop = new ChangeLoop({
      ...this.#parts,
      onChange: (change) => {
        for (const follower of this.#followers) follower(change);
      },
      isFollowed: () => this.#followers.size > 0,
      onEnd: () => {
        if (this.#loop === loop) this.#loop = undefined;
      },
    });
    return loop;
  }
}
