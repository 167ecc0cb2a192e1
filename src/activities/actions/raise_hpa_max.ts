import { fieldTerms } from '../../clients/kubernetes/edit-field.ts';
import { inspectHpaMax } from '../../clients/kubernetes/inspect-hpa.ts';
import type { KubernetesClient } from '../../clients/kubernetes/kubernetes-client.ts';
import { fieldEditSchema } from '../../domain/actions/field-edit.ts';
import type { Growth } from '../../domain/actions/grow.ts';
import type { RaiseHpaMaxSeen } from '../../domain/actions/raise_hpa_max/raise-hpa-max.ts';
import { createEditEffects } from '../edit-effects.ts';

/** Raises the maximum of an autoscaler; puts it back if it is still this remediation's. */
export function createRaiseHpaMaxEffects({ kubernetes }: { readonly kubernetes: KubernetesClient }) {
  return createEditEffects<Growth, RaiseHpaMaxSeen>({
    kubernetes,
    inspect: ({ target }) => inspectHpaMax(kubernetes, target),
    termsOf: ({ change }) => fieldTerms(fieldEditSchema.parse(change)),
    shown: ({ spec = {} }) => ({ spec }),
  });
}
