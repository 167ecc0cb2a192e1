interface Waiting {
  weight: number;
  go: () => void;
}

/** Lets at most `slots` jobs run at once; of those waiting the heaviest goes first, so that it does not end alone. */
export class BuildQueue {
  #free: number;
  readonly #waiting: Waiting[] = [];

  constructor(slots: number) {
    this.#free = slots;
  }

  async run<T>(weight: number, job: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((go) => this.#waiting.push({ weight, go }));
    try {
      return await job();
    } finally {
      const next = this.#waiting.sort((a, b) => b.weight - a.weight).shift();
      // The slot passes from hand to hand.
      if (next) next.go();
      else this.#free += 1;
    }
  }
}
