import type { PodRequests } from '../cost/pod-requests.ts';
import { defined } from '../defined.ts';
import type { AddedRequests } from './contract.ts';

/** What so many more Pods, or fewer where it is negative, request of the scheduler. */
export function requestsOf(addedReplicas: number, { cpu, memory }: PodRequests): AddedRequests {
  const count = Math.abs(addedReplicas);
  const undeclared = (['cpu', 'memory'] as const).filter((resource) => !({ cpu, memory }[resource] > 0));
  return defined({
    cpu: cpu * addedReplicas,
    memory: memory * addedReplicas,
    text: `${count} ${addedReplicas < 0 ? 'fewer' : 'more'} Pod${count === 1 ? '' : 's'}`,
    undeclared: undeclared.length === 0 ? undefined : undeclared,
  });
}
