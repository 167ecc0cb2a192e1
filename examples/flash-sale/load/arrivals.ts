/**
 * Open-loop Poisson arrivals: customers come when they come, whether or not the shop keeps up. Pure: it is told the
 * time.
 */
export class PoissonArrivals {
  readonly #random: () => number;
  #perSecond: number;
  #nextMs: number;

  constructor(options: { readonly random: () => number; readonly perSecond: number; readonly startMs: number }) {
    this.#random = options.random;
    this.#perSecond = options.perSecond;
    this.#nextMs = options.startMs + this.#gapMs();
  }

  /** From now on at another rate. Gaps have no memory, so the one under way is simply drawn anew. */
  setRate(perSecond: number, nowMs: number): void {
    this.#perSecond = perSecond;
    this.#nextMs = nowMs + this.#gapMs();
  }

  /** How many have arrived since the last look. */
  due(nowMs: number): number {
    let count = 0;
    for (; this.#nextMs <= nowMs; this.#nextMs += this.#gapMs()) count += 1;
    return count;
  }

  /** When the next one arrives, in milliseconds of the caller's clock. */
  get nextMs(): number {
    return this.#nextMs;
  }

  #gapMs(): number {
    return this.#perSecond > 0 ? (-Math.log(1 - this.#random()) / this.#perSecond) * 1000 : Number.POSITIVE_INFINITY;
  }
}
