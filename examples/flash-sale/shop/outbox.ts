/** How often orders that wait for it are sent on, in milliseconds. */
const FLUSH_EVERY_MS = 250;

/** Batches that may be on their way at once; beyond it a batch is dropped, as a full outbox would. */
const MAX_IN_FLIGHT = 8;

/**
 * Tells another service of our orders after we have answered them: in batches, one HTTP request for all orders of a
 * quarter of a second. Nobody who ordered waits for it, so a slow receiver does not slow us down.
 */
export class Outbox {
  readonly #send: (orders: number) => Promise<unknown>;
  #waiting = 0;
  #inFlight = 0;
  #scheduled = false;

  constructor(send: (orders: number) => Promise<unknown>) {
    this.#send = send;
  }

  add(): void {
    this.#waiting += 1;
    if (this.#scheduled) return;
    this.#scheduled = true;
    setTimeout(() => void this.#flush(), FLUSH_EVERY_MS);
  }

  async #flush(): Promise<void> {
    this.#scheduled = false;
    const orders = this.#waiting;
    this.#waiting = 0;
    if (this.#inFlight >= MAX_IN_FLIGHT) return;
    this.#inFlight += 1;
    await this.#send(orders);
    this.#inFlight -= 1;
  }
}
