import { previewDeletion, tellToGo } from '../../clients/kubernetes/delete-pod.ts';
import type { KubernetesClient } from '../../clients/kubernetes/kubernetes-client.ts';
import type { DeletePodParameters } from '../../domain/actions/delete_pod/parameters.ts';
import { defined } from '../../domain/defined.ts';
import { createPodRemovalEffects, type PlannedRemoval } from '../pod-removal-effects.ts';

/** Deletes one Pod, by UID: its successor of the same name is never touched. */
export function createDeletePodEffects({ kubernetes }: { readonly kubernetes: KubernetesClient }) {
  return createPodRemovalEffects<DeletePodParameters>({
    ...{ kubernetes, done: 'Deleted', doing: 'deleting' },
    preview: (planned) => previewDeletion(kubernetes, deletionOf(planned)),
    tell: (planned, resourceVersion) => tellToGo(kubernetes, deletionOf(planned), resourceVersion),
  });
}

function deletionOf({ target, uid, change: { graceSeconds } }: PlannedRemoval) {
  return defined({ target, uid, graceSeconds });
}
