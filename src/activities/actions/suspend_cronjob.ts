import { fieldTerms } from '../../clients/kubernetes/edit-field.ts';
import type { EditableObject } from '../../clients/kubernetes/edit-object.ts';
import { inspectObject } from '../../clients/kubernetes/inspect-object.ts';
import type { KubernetesClient } from '../../clients/kubernetes/kubernetes-client.ts';
import { fieldEditSchema } from '../../domain/actions/field-edit.ts';
import type { SuspendCronJobSeen } from '../../domain/actions/suspend_cronjob/suspend-cronjob.ts';
import { createEditEffects } from '../edit-effects.ts';

/** What of a CronJob is looked at. Source: Kubernetes API, `batch/v1`. */
interface CronJob extends EditableObject {
  readonly spec: { readonly schedule: string; readonly suspend?: boolean };
  readonly status?: { readonly active?: readonly object[] };
}

/** Suspends a CronJob; lets it start Jobs again if it is still this remediation's to do so. */
export function createSuspendCronJobEffects({ kubernetes }: { readonly kubernetes: KubernetesClient }) {
  return createEditEffects<object, SuspendCronJobSeen>({
    kubernetes,
    inspect: async ({ target }) => {
      const { object, base } = await inspectObject<CronJob>(kubernetes, target);
      const { spec, status } = object;
      const running = status?.active?.length ?? 0;
      return { ...base, suspend: spec.suspend ?? null, schedule: spec.schedule, running };
    },
    termsOf: ({ change }) => fieldTerms(fieldEditSchema.parse(change)),
    // Not what its Jobs are made of: their environment may hold anything.
    shown: ({ spec }) => {
      const { schedule, suspend } = spec as CronJob['spec'];
      return { spec: { schedule, suspend } };
    },
  });
}
