import { EndpointsView } from '../shop/endpoints.ts';
import { httpCall, keepAliveAgent } from '../shop/http-call.ts';
import { PoissonArrivals } from './arrivals.ts';
import type { LoadCommand, LoadReport, LoadSettings } from './messages.ts';
import { seededRandom } from './random.ts';

/**
 * The customers, in a process of their own so that nobody else's event loop delays them. Its one argument is a
 * {@link LoadSettings} in JSON; commands and reports go over IPC. It ends with its parent.
 */

const REPORT_EVERY_MS = 1000;

const settings = JSON.parse(process.argv[2] ?? '') as LoadSettings;
const endpoints = new EndpointsView(settings.endpointsFile);
const agent = keepAliveAgent();
const random = seededRandom(settings.seed);

class ServiceLoad {
  readonly #service: string;
  readonly #arrivals: PoissonArrivals;
  #timer: NodeJS.Timeout | undefined;
  #answered = 0;
  #failed = 0;

  constructor(service: string, perSecond: number) {
    this.#service = service;
    this.#arrivals = new PoissonArrivals({ random, perSecond, startMs: performance.now() });
    this.#schedule();
  }

  setRate(perSecond: number): void {
    this.#arrivals.setRate(perSecond, performance.now());
    this.#schedule();
  }

  takeReport(): LoadReport {
    const report = { service: this.#service, answered: this.#answered, failed: this.#failed };
    this.#answered = 0;
    this.#failed = 0;
    return report;
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    const waitMs = this.#arrivals.nextMs - performance.now();
    if (Number.isFinite(waitMs)) this.#timer = setTimeout(() => this.#tick(), Math.max(0, waitMs));
  }

  #tick(): void {
    for (let due = this.#arrivals.due(performance.now()); due > 0; due -= 1) void this.#send();
    this.#schedule();
  }

  async #send(): Promise<void> {
    const endpoint = endpoints.next(this.#service);
    const status =
      endpoint === undefined ? 0 : await httpCall({ agent, endpoint, path: '/', timeoutMs: settings.timeoutMs });
    if (status === 200) this.#answered += 1;
    else this.#failed += 1;
  }
}

const loads = new Map(Object.entries(settings.rates).map(([name, rate]) => [name, new ServiceLoad(name, rate)]));

process.on('message', (message) => {
  for (const [service, rate] of Object.entries((message as LoadCommand).rates)) loads.get(service)?.setRate(rate);
});
setInterval(() => {
  for (const load of loads.values()) process.send?.(load.takeReport());
}, REPORT_EVERY_MS);
process.on('SIGINT', () => undefined);
process.once('disconnect', () => process.exit(0));
