/** Work for one receiver that is under way at once, at most. */
const WIDEST = 8;

interface Lane {
  /** How many may be under way now; a fraction counts towards the next. */
  width: number;
  running: number;
  readonly waiting: (() => void)[];
}

/** Whether a piece of work met a receiver that had too much to do. */
export type Crowded = (error: unknown) => boolean;

/**
 * Keeps what is sent to each receiver at the same time within what it bears. Halves it when the receiver says that it
 * is too much, which with several processes at work happens, and widens it again step by step.
 */
export class Lanes {
  readonly #lanes = new Map<string, Lane>();
  readonly #isCrowded: Crowded;

  constructor(isCrowded: Crowded) {
    this.#isCrowded = isCrowded;
  }

  /** Runs it when it is its turn. Rejects as it does, or with the signal's reason when it is aborted before its turn. */
  async run<T>({ to, signal }: { to: string; signal: AbortSignal }, work: () => Promise<T>): Promise<T> {
    const lane = this.#laneTo(to);
    await turn(lane, signal);
    try {
      const result = await work();
      lane.width = Math.min(WIDEST, lane.width + 1 / lane.width);
      return result;
    } catch (error) {
      if (this.#isCrowded(error)) lane.width = Math.max(1, lane.width / 2);
      throw error;
    } finally {
      lane.running -= 1;
      while (lane.waiting.length > 0 && lane.running < Math.floor(lane.width)) begin(lane);
      if (lane.running === 0 && lane.waiting.length === 0) this.#lanes.delete(to);
    }
  }

  #laneTo(to: string): Lane {
    const lane = this.#lanes.get(to) ?? { width: WIDEST, running: 0, waiting: [] };
    this.#lanes.set(to, lane);
    return lane;
  }
}

async function turn(lane: Lane, signal: AbortSignal): Promise<void> {
  if (signal.aborted) throw signal.reason;
  if (lane.running < Math.floor(lane.width)) {
    lane.running += 1;
    return;
  }
  await new Promise<void>((resolve, reject) => {
    const abort = () => {
      lane.waiting.splice(lane.waiting.indexOf(go), 1);
      reject(signal.reason as Error);
    };
    const go = () => {
      signal.removeEventListener('abort', abort);
      resolve();
    };
    lane.waiting.push(go);
    signal.addEventListener('abort', abort, { once: true });
  });
}

/** Its place is taken before it hears of it, so that nobody slips in between. */
function begin(lane: Lane): void {
  lane.running += 1;
  lane.waiting.shift()?.();
}
