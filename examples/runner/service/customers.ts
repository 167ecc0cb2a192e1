import { request } from 'undici';
import type { Stoppable } from '../../../dev/stack/index.ts';

/** Customers who come at a steady rate, wait for their answer, and take it as it is. */
export class Customers implements Stoppable {
  readonly #timer: NodeJS.Timeout;
  readonly #waiting = new Set<Promise<unknown>>();

  /** `address`: `host:port`. */
  constructor(address: string, { perSecond }: { readonly perSecond: number }) {
    this.#timer = setInterval(() => this.#send(`http://${address}/`), 1000 / perSecond);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#waiting);
  }

  #send(url: string): void {
    const answer = request(url)
      .then(({ body }) => body.dump())
      // What is not answered is no request that the service could count.
      .catch(() => undefined)
      .finally(() => this.#waiting.delete(answer));
    this.#waiting.add(answer);
  }
}
