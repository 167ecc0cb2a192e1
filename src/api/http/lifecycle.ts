import type { Application } from 'express';
import { InFlight } from './in-flight.ts';

/** What the app and the server it runs on know of each other. */
export class Lifecycle {
  readonly #closing = new AbortController();
  /** Requests that have no answer yet, and work that goes on after its client left. */
  readonly inFlight = new InFlight();

  /** True from the moment the server stops to accept. */
  get draining(): boolean {
    return this.#closing.signal.aborted;
  }

  /** Aborts at that moment: for answers that would never end by themselves. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  drain(): void {
    this.#closing.abort();
  }
}

const lifecycles = new WeakMap<Application, Lifecycle>();

export function lifecycleOf(app: Application): Lifecycle {
  const known = lifecycles.get(app);
  if (known !== undefined) return known;
  const lifecycle = new Lifecycle();
  lifecycles.set(app, lifecycle);
  return lifecycle;
}
