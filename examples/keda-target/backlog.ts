import type { Here } from '../runner/contract.ts';
import { repeat } from '../runner/repeat.ts';
import { serveMetrics } from '../runner/serve-metrics.ts';
import { deploymentPath } from '../runner/workload.ts';

/** Milliseconds between two looks at the Pods. */
const LOOK_MS = 200;

/** Invoices that a Pod writes in a second. */
const BY_POD = 10;

/** Invoices that wait: some come in, and each Pod that is ready writes so many a second, kwok's running nothing. */
export class Backlog {
  /** Invoices that come in within a second. */
  rate = 5;
  waiting = 0;
  readonly #here: Here;
  #lookedAt = performance.now();

  private constructor(here: Here) {
    this.#here = here;
  }

  /** Settles when Prometheus measures it. Ends with the example. */
  static async start(here: Here): Promise<Backlog> {
    const backlog = new Backlog(here);
    repeat(here, LOOK_MS, () => backlog.#look());
    const labels = `{namespace="${here.namespace}",deployment="invoices"}`;
    await serveMetrics(here, () => `invoices_waiting${labels} ${Math.round(backlog.waiting)}\n`);
    return backlog;
  }

  async #look(): Promise<void> {
    const { cluster, namespace } = this.#here;
    const { status } = await cluster.get<{ status?: { readyReplicas?: number } }>(
      deploymentPath(namespace, 'invoices'),
    );
    const seconds = (performance.now() - this.#lookedAt) / 1000;
    this.#lookedAt += seconds * 1000;
    const written = BY_POD * (status?.readyReplicas ?? 0);
    this.waiting = Math.max(0, this.waiting + (this.rate - written) * seconds);
  }
}
