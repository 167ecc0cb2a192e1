export interface BatchQueueOptions<T, R> {
  /** Answers several requests at once, in their order. What it rejects with, each of them is told. */
  readonly run: (requests: readonly T[]) => Promise<readonly R[]>;
  /** How much of a batch a request takes. */
  readonly weigh: (request: T) => number;
  /** A batch weighs no more, unless one request alone does. */
  readonly maxWeight: number;
}

interface Waiting<T, R> {
  readonly request: T;
  readonly resolve: (answer: R) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Answers what is asked for while a batch is under way all at once after it: one turn at the database, however many
 * wait. Alone, a request waits for nothing.
 */
export class BatchQueue<T, R> {
  readonly #options: BatchQueueOptions<T, R>;
  #waiting: Waiting<T, R>[] = [];
  #running: Promise<void> | undefined;

  constructor(options: BatchQueueOptions<T, R>) {
    this.#options = options;
  }

  ask(request: T): Promise<R> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ request, resolve, reject });
      this.#running ??= this.#work();
    });
  }

  /** Settles when nothing waits any more. Never rejects. */
  async drain(): Promise<void> {
    await this.#running;
  }

  async #work(): Promise<void> {
    // What is asked for in the same turn of the event loop goes together.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#nextBatch();
      try {
        const answers = await this.#options.run(batch.map(({ request }) => request));
        for (const [place, { resolve, reject }] of batch.entries()) {
          if (place < answers.length) resolve(answers[place] as R);
          else reject(new Error('a batch was answered in part'));
        }
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#running = undefined;
  }

  /** As many as fit; at least one. */
  #nextBatch(): Waiting<T, R>[] {
    const { weigh, maxWeight } = this.#options;
    let weight = 0;
    const end = this.#waiting.findIndex(({ request }, place) => {
      weight += weigh(request);
      return weight > maxWeight && place > 0;
    });
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : end);
  }
}
