import type { PodFacts } from './pod-facts.ts';

/** Whether the Pod was told to go already, so that telling it changes nothing. By force one that lingers still can. */
export function isGoingAlready({ going }: Pick<PodFacts, 'going'>, graceSeconds: number | undefined): boolean {
  return going !== undefined && !(graceSeconds === 0 && going.graceSeconds > 0);
}
