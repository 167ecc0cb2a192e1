import type { KubernetesClient } from '../../clients/kubernetes/kubernetes-client.ts';
import type { ActionName } from '../../domain/actions/index.ts';
import type { ActionEffects } from './contract.ts';
import { createDeletePodEffects } from './delete_pod.ts';
import { createDrainEffects } from './drain.ts';
import { createScaleEffects } from './scale.ts';

/** The effects half of every action of the catalogue, by its name. */
export type ActionEffectsByName = Readonly<Record<ActionName, ActionEffects>>;

export function createActionEffects(parts: { readonly kubernetes: KubernetesClient }): ActionEffectsByName {
  return {
    scale: createScaleEffects(parts),
    delete_pod: createDeletePodEffects(parts),
    drain: createDrainEffects(parts),
  };
}
