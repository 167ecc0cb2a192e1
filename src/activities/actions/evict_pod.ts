import { evictPod } from '../../clients/kubernetes/evict-pod.ts';
import type { KubernetesClient } from '../../clients/kubernetes/kubernetes-client.ts';
import type { EvictPodParameters } from '../../domain/actions/evict_pod/evict-pod.ts';
import { MendloopError } from '../../domain/failures.ts';
import { createPodRemovalEffects, type PlannedRemoval } from '../pod-removal-effects.ts';

/** Evicts one Pod as its disruption budgets allow, by UID; asks again as long as they do not. */
export function createEvictPodEffects({ kubernetes }: { readonly kubernetes: KubernetesClient }) {
  const evict = (
    { target, uid, change: { graceSeconds } }: PlannedRemoval,
    options: { readonly resourceVersion?: string | undefined; readonly dryRun?: boolean },
  ) => {
    const { namespace, name } = target;
    return evictPod(kubernetes, { pod: { namespace, name, uid }, graceSeconds, ...options });
  };
  return createPodRemovalEffects<EvictPodParameters>({
    ...{ kubernetes, done: 'Evicted', doing: 'evicting' },
    async preview(planned) {
      const answer = await evict(planned, { dryRun: true });
      // What an approver has to know: now it would not go.
      if (answer.status === 'held') throw new MendloopError('DisruptionRefused', `not now: ${answer.by}`);
      return undefined;
    },
    async tell(planned, resourceVersion) {
      const answer = await evict(planned, { resourceVersion });
      return answer.status === 'held' ? answer : answer.status;
    },
  });
}
