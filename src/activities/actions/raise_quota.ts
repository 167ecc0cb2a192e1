import type { V1ResourceQuota } from '@kubernetes/client-node';
import { fieldTerms } from '../../clients/kubernetes/edit-field.ts';
import { inspectObject } from '../../clients/kubernetes/inspect-object.ts';
import type { KubernetesClient } from '../../clients/kubernetes/kubernetes-client.ts';
import { fieldEditSchema } from '../../domain/actions/field-edit.ts';
import type { RaiseQuotaParameters, RaiseQuotaSeen } from '../../domain/actions/raise_quota/raise-quota.ts';
import { createEditEffects } from '../edit-effects.ts';

/** Raises one limit of a quota; puts it back if it is still this remediation's. */
export function createRaiseQuotaEffects({ kubernetes }: { readonly kubernetes: KubernetesClient }) {
  return createEditEffects<RaiseQuotaParameters, RaiseQuotaSeen>({
    kubernetes,
    inspect: async ({ target }) => {
      const { object, base } = await inspectObject<V1ResourceQuota>(kubernetes, target);
      return { ...base, hard: object.spec?.hard ?? {}, used: object.status?.used ?? {} };
    },
    termsOf: ({ change }) => fieldTerms(fieldEditSchema.parse(change)),
    shown: ({ spec = {} }) => ({ spec }),
  });
}
