import { setTimeout as sleep } from 'node:timers/promises';
import type { Stoppable } from '../../dev/stack/index.ts';
import type { Here } from '../runner/contract.ts';
import { Customers } from '../runner/service/customers.ts';
import { LivePods } from '../runner/service/live-pods.ts';
import { MeasuredService } from '../runner/service/measured-service.ts';

/** Milliseconds that a Pod takes for a search, of which it does one at a time. */
const SEARCH_MS = 100;

/** Searches that may wait; more are turned away at once. */
const MAX_WAITING = 80;

/** Searches, each done by one of the Pods that are ready, in turn. */
export class Search implements Stoppable {
  readonly #pods: LivePods;
  readonly #waiting: (() => void)[] = [];
  #busy = 0;
  #customers: Customers | undefined;
  #address = '';

  private constructor(pods: LivePods) {
    this.#pods = pods;
  }

  /** Settles when Prometheus has measured it. */
  static async start(here: Here): Promise<Search> {
    const { cluster, namespace, stack, signal } = here;
    const pods = stack.add(new LivePods(cluster, { namespace, app: 'search' }));
    const search = stack.add(new Search(pods));
    const service = stack.add(await MeasuredService.start({ service: 'search', answer: () => search.#answer() }));
    search.#address = service.address;
    await pods.untilReady(signal);
    await here.scrape(service.address);
    return search;
  }

  /** From now on so many customers come in a second. */
  async serve({ perSecond }: { readonly perSecond: number }): Promise<void> {
    await this.#customers?.stop();
    this.#customers = new Customers(this.#address, { perSecond });
  }

  async stop(): Promise<void> {
    await this.#customers?.stop();
  }

  async #answer(): Promise<number> {
    if (this.#waiting.length >= MAX_WAITING) return 503;
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
      this.#next();
    });
    try {
      await sleep(SEARCH_MS);
      return 200;
    } finally {
      this.#busy -= 1;
      this.#next();
    }
  }

  /** As many at a time as there are Pods. */
  #next(): void {
    while (this.#busy < Math.max(1, this.#pods.count) && this.#waiting.length > 0) {
      this.#busy += 1;
      this.#waiting.shift()?.();
    }
  }
}
