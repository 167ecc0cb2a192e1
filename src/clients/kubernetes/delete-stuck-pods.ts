import { podFacts } from '../../domain/actions/pod-facts.ts';
import { MendloopError } from '../../domain/failures.ts';
import type { Target } from '../../domain/target/target.ts';
import type { KubernetesClient } from './kubernetes-client.ts';
import { controllerOf } from './follow-controllers.ts';
import { podsPath } from './pod-workload.ts';
import { type Pod, podPath } from './workload.ts';

/** Label that a StatefulSet's controller gives its Pods. */
const REVISION = 'controller-revision-hash';

/**
 * Deletes the Pods of one revision of a StatefulSet that are not ready, by UID. Its controller waits for ever for a broken
 * Pod to become ready before it replaces it, also when the template that broke it is gone: kubernetes #67250. None comes
 * again of a revision that the StatefulSet does not have any more, so that what it deletes is bounded by its replicas.
 */
export async function deleteStuckPods(
  kubernetes: KubernetesClient,
  { target, uid, revision }: { readonly target: Target; readonly uid: string; readonly revision: string },
): Promise<void> {
  const { namespace } = target;
  const query = { labelSelector: `${REVISION}=${revision}` };
  const { items } = await kubernetes.get<{ items: Pod[] }>(podsPath(namespace), query);
  for (const pod of items.filter(({ metadata }) => controllerOf(metadata)?.uid === uid)) {
    const { name, uid: podUid, isReady, going } = podFacts(pod);
    if (isReady || going !== undefined) continue;
    const preconditions = { uid: podUid, resourceVersion: pod.metadata?.resourceVersion };
    try {
      await kubernetes.remove(podPath({ namespace, name }), { apiVersion: 'v1', kind: 'DeleteOptions', preconditions });
    } catch (error) {
      // It has changed, become ready perhaps, or is gone: it is looked at again with the next change.
      const missed =
        error instanceof MendloopError && (error.type === 'TargetChanged' || error.type === 'TargetNotFound');
      if (!missed) throw error;
    }
  }
}
