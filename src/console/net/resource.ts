import { asProblem, type Problem } from './problem.ts';

/**
 * Something read from the API, with the last good answer kept while a newer one is asked for. Asked for while it is
 * being read, it is read once more after that.
 */
export class Resource<T> {
  readonly #read: (signal: AbortSignal) => Promise<T>;
  readonly #onChange: () => void;
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;
  #again = false;
  #isDropped = false;
  value: T | undefined;
  problem: Problem | undefined;

  constructor(read: (signal: AbortSignal) => Promise<T>, onChange: () => void) {
    this.#read = read;
    this.#onChange = onChange;
  }

  /** Neither an answer nor a refusal has come yet. */
  get isPending(): boolean {
    return this.value === undefined && this.problem === undefined;
  }

  load(): Promise<void> {
    if (this.#running !== undefined) {
      this.#again = true;
      return this.#running;
    }
    this.#running = this.#loop().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Takes a value that came another way. */
  set(value: T): void {
    this.value = value;
    this.problem = undefined;
    this.#onChange();
  }

  /** What is being read is not taken. The first answer is: there is nothing that it could change. */
  drop(): void {
    if (this.isPending) return;
    this.#isDropped = true;
    this.#again = false;
  }

  #isAskedAgain(): boolean {
    return this.#again;
  }

  dispose(): void {
    this.#stopping.abort();
  }

  async #loop(): Promise<void> {
    const { signal } = this.#stopping;
    const isStopped = () => signal.aborted;
    const isUnwanted = () => isStopped() || this.#isDropped;
    do {
      this.#again = false;
      this.#isDropped = false;
      try {
        const value = await this.#read(signal);
        if (!isUnwanted()) this.set(value);
      } catch (error) {
        if (isUnwanted()) continue;
        this.problem = asProblem(error);
        this.#onChange();
      }
    } while (this.#isAskedAgain() && !isStopped());
  }
}
