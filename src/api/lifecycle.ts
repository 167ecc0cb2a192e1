import type { Application } from 'express';
import { InFlight } from './in-flight.ts';

/** What the app and the server it runs on know of each other. */
export interface Lifecycle {
  /** True from the moment the server stops to accept. */
  draining: boolean;
  /** Requests that have no answer yet, and work that goes on after its client left. */
  readonly inFlight: InFlight;
}

const lifecycles = new WeakMap<Application, Lifecycle>();

export function lifecycleOf(app: Application): Lifecycle {
  const known = lifecycles.get(app);
  if (known !== undefined) return known;
  const lifecycle = { draining: false, inFlight: new InFlight() };
  lifecycles.set(app, lifecycle);
  return lifecycle;
}
