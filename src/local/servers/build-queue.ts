interface Job {
  /** About how many seconds it takes. */
  readonly seconds: number;
  /** Of `performance.now()`. */
  readonly startedAt: number;
}

interface Waiting {
  readonly seconds: number;
  readonly go: () => void;
}

/** Lets at most `slots` jobs run at once; of those waiting the longest goes first, so that it does not end alone. */
export class BuildQueue {
  readonly #slots: number;
  readonly #running = new Set<Job>();
  readonly #waiting: Waiting[] = [];

  constructor(slots: number) {
    this.#slots = slots;
  }

  async run<T>(seconds: number, job: () => Promise<T>): Promise<T> {
    if (this.#running.size >= this.#slots) await new Promise<void>((go) => this.#waiting.push({ seconds, go }));
    const running: Job = { seconds, startedAt: performance.now() };
    this.#running.add(running);
    try {
      return await job();
    } finally {
      this.#running.delete(running);
      this.#waiting
        .sort((a, b) => b.seconds - a.seconds)
        .shift()
        ?.go();
    }
  }

  /** About how long it takes until all jobs have ended that are known now. */
  get secondsLeft(): number {
    const now = performance.now();
    return timeLeft({
      slots: this.#slots,
      running: [...this.#running].map(({ seconds, startedAt }) => Math.max(0, seconds - (now - startedAt) / 1000)),
      waiting: this.#waiting.map(({ seconds }) => seconds),
    });
  }
}

/** How long jobs take that run side by side in slots, the longest of those that wait first. */
export function timeLeft(jobs: {
  readonly slots: number;
  readonly running: readonly number[];
  readonly waiting: readonly number[];
}): number {
  const ends = Array.from({ length: jobs.slots }, (_, slot) => jobs.running[slot] ?? 0);
  for (const seconds of jobs.waiting.toSorted((a, b) => b - a)) {
    const first = ends.indexOf(Math.min(...ends));
    ends[first] = (ends[first] ?? 0) + seconds;
  }
  return Math.max(...ends);
}
