import { asAdmitted } from '../../cost/as-admitted.ts';
import { podRequests, type PodRequests, type PodSpecLike } from '../../cost/pod-requests.ts';
import { parseQuantity } from '../../cost/quantity.ts';
import { MendloopError } from '../../failures.ts';
import { nameTarget } from '../../target/name-target.ts';
import type { ResourceMove, SetResourcesSeen } from './change.ts';

/** What one Pod requests before and after. */
export interface PodDelta {
  readonly before: PodRequests;
  readonly after: PodRequests;
}

export function podDelta(pod: PodSpecLike, container: string, moves: readonly ResourceMove[]): PodDelta {
  const containers = (pod.containers ?? []).map((one) => {
    if (one.name !== container) return one;
    const moved = (of: 'requests' | 'limits') => ({
      ...one.resources?.[of],
      ...Object.fromEntries(moves.filter((move) => move.of === of).map(({ resource, to }) => [resource, to])),
    });
    return { ...one, resources: { ...one.resources, requests: moved('requests'), limits: moved('limits') } };
  });
  return {
    before: podRequests(asAdmitted(pod, undefined)),
    after: podRequests(asAdmitted({ ...pod, containers }, undefined)),
  };
}

/**
 * What the API server would let the template have, and its Pods not.
 *
 * @throws MendloopError `NoRoom` where no node can take such a Pod, a LimitRange forbids it, or a ResourceQuota has too
 * little left.
 */
export function requireRoom(
  { target, facts, largestNode, bounds }: Pick<SetResourcesSeen, 'target' | 'facts' | 'largestNode' | 'bounds'>,
  moves: readonly ResourceMove[],
  { after }: PodDelta,
): void {
  const noRoom = (why: string) => new MendloopError('NoRoom', `${nameTarget(target)}: ${why}`);
  for (const resource of ['memory', 'cpu'] as const) {
    const most = largestNode?.[resource] ?? Infinity;
    if (after[resource] > most && moves.some((move) => move.resource === resource)) {
      throw noRoom(`a Pod would request ${after[resource]} of ${resource}, and the largest node has ${most}`);
    }
  }
  for (const { of, resource, from, to } of moves) {
    const more = (parseQuantity(to) - parseQuantity(from)) * facts.wanted;
    for (const { by, most, isShared } of bounds.filter((bound) => bound.of === of && bound.resource === resource)) {
      if (isShared && more > most)
        throw noRoom(`${by} has ${most} of ${of} of ${resource} left, and ${more} more are wanted`);
      if (!isShared && parseQuantity(to) > most)
        throw noRoom(`${by} lets a container have ${most} of ${resource}, not ${to}`);
    }
  }
}
