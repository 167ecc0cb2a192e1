import type { FreshTarget } from '../world/targets.ts';

/** One way to get a Deployment from 1 to 2 replicas. */
export interface Contestant {
  /** Also the name of its Deployments. */
  readonly name: string;
  /** Begins the change; the stopwatch runs from this call. May settle before or after the change can be seen. */
  begin(target: FreshTarget): Promise<void>;
  /** Settles when nothing of it goes on any more. Throws if the change was not made as it should be. */
  finish(target: FreshTarget): Promise<void>;
}

export const FROM = 1;
export const TO = 2;
