import type { z } from 'zod';
import { holdTarget, releaseTarget } from '../clients/kubernetes/hold-target.ts';
import type { KubernetesClient } from '../clients/kubernetes/kubernetes-client.ts';
import type { WorkloadHand } from '../clients/kubernetes/template-workload.ts';
import { podMakerPath } from '../clients/kubernetes/workload.ts';
import type { PlannedChange } from '../domain/actions/contract.ts';
import type { EffectInput } from '../domain/actions/effects.ts';
import type { ReleaseRequest } from './actions/contract.ts';

/** Whose hand it is, on which workload, and what was planned there. */
export type TemplateHand<Change> = WorkloadHand & { readonly change: Change };

interface Told {
  readonly remediationId: string;
  readonly planned: PlannedChange;
}

/** Reads what the history keeps of an action that changes a template. */
export function templateHand<Change>(schema: z.ZodType<Change>): (told: Told) => TemplateHand<Change> {
  return ({ remediationId, planned: { target, uid, change } }) => ({
    ...{ remediationId, target, uid },
    change: schema.parse(change),
  });
}

/** How an action that changes a template marks its workload: beside the effect, and taken off in the end. */
export function templateMarks({ kubernetes }: { readonly kubernetes: KubernetesClient }) {
  return {
    hold: ({ remediationId, planned: { target } }: EffectInput): Promise<void> =>
      holdTarget(kubernetes, { remediationId, path: podMakerPath(target) }),
    ...templateRelease({ kubernetes, marks: [] }),
  };
}

/** The same where the effect's own patch has the marks, `marks` among them: what is marked was done. */
export function templateRelease({
  kubernetes,
  marks,
}: {
  readonly kubernetes: KubernetesClient;
  readonly marks: readonly string[];
}) {
  return {
    release: ({ remediationId, planned: { target, uid } }: ReleaseRequest): Promise<void> =>
      releaseTarget(kubernetes, { remediationId, uid, path: podMakerPath(target), marks }),
  };
}
