/** How often something may happen: `perMinute` at once after a pause, and that many a minute in the long run. */
export class TokenBucket {
  readonly #perMinute: number;
  #tokens: number;
  #at: number;

  /** @param at Now, in milliseconds; the same clock for every call. */
  constructor(perMinute: number, at: number) {
    this.#perMinute = perMinute;
    this.#tokens = perMinute;
    this.#at = at;
  }

  /** Takes a token if there is one. */
  take(at: number): boolean {
    this.#refill(at);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  /** Takes what there is of a token: for what must not wait, yet counts. */
  force(at: number): void {
    this.#refill(at);
    this.#tokens = Math.max(0, this.#tokens - 1);
  }

  /** Milliseconds until the next token; 0 if there is one. */
  waitMs(at: number): number {
    this.#refill(at);
    return Math.max(0, Math.ceil(((1 - this.#tokens) * 60_000) / this.#perMinute));
  }

  #refill(at: number): void {
    const elapsed = Math.max(0, at - this.#at);
    this.#at = at;
    this.#tokens = Math.min(this.#perMinute, this.#tokens + (elapsed * this.#perMinute) / 60_000);
  }
}
