import { ApplicationFailure } from '@temporalio/common';
import { pauseApplier, type PauseResult, resumeApplier, type ResumeResult } from '../clients/gitops/appliers.ts';
import type { KubernetesClient } from '../clients/kubernetes/kubernetes-client.ts';
import type { EffectInput } from '../domain/actions/effects.ts';
import type { FenceAnswer } from '../domain/admission/admission.ts';
import type { Authority } from '../domain/authority/authority.ts';
import { defined } from '../domain/defined.ts';
import { type FailureType, MendloopError } from '../domain/failures.ts';
import { type Applier, type AppliedBy, type GitOpsTerms, nameApplier } from '../domain/gitops/applier.ts';
import { formatTarget } from '../domain/target/format-target.ts';
import { type FenceAsk, scopeOf } from './admission.ts';
import { alive } from './alive.ts';
import { requireAuthority } from './authorize.ts';

export type ApplierActivities = ReturnType<typeof createApplierActivities>;

export interface ApplierParts {
  readonly kubernetes: KubernetesClient;
  readonly authority: Authority;
  readonly terms: GitOpsTerms;
  readonly fence: (request: FenceAsk) => Promise<FenceAnswer>;
}

/** For the change that is about to be made. */
export interface PauseApplierInput extends Pick<EffectInput, 'remediationId' | 'epoch' | 'planned' | 'mode'> {
  readonly applier: AppliedBy;
}

export interface ResumeApplierInput {
  readonly remediationId: string;
  readonly applier: Applier & { readonly uid?: string };
}

const FENCE_CLOSED: FailureType = 'FenceClosed';

/** What keeps Argo CD and Flux from putting a change back while it is proven, whatever the action is. */
export function createApplierActivities({ kubernetes, authority, terms, fence }: ApplierParts) {
  async function pause({ remediationId, epoch, planned, mode, applier }: PauseApplierInput): Promise<PauseResult> {
    requireAuthority(planned, authority);
    const { tool, namespace } = applier;
    if (!terms[tool].suspend || !terms[tool].namespaces.includes(namespace)) {
      throw new MendloopError(
        'TargetNotEnabled',
        `${nameApplier(applier)} may not be paused by the settings (targets.gitOps)`,
      );
    }
    const asked = { remediationId, epoch, target: formatTarget(planned.target), givesBack: false };
    const answer = await fence({ ...asked, change: scopeOf(planned), ...defined({ mode }) });
    if (!answer.open) {
      // What an earlier attempt has paused is put back at the end, whatever that is.
      throw ApplicationFailure.create({
        ...{ type: FENCE_CLOSED, message: answer.text, nonRetryable: true, details: [answer.reason, false] },
      });
    }
    return await pauseApplier(kubernetes, { remediationId, applier });
  }

  return {
    /**
     * An effect like any other, asked for at the fence. Idempotent by `remediationId`. Fails with `FenceClosed`,
     * `TargetNotEnabled`, `TargetNotFound`, `TargetReplaced`, and the API server's own.
     */
    pauseApplier: (input: PauseApplierInput): Promise<PauseResult> => alive(() => pause(input)),

    /** Gives back what is still paused for this remediation. Idempotent; what it found is the result. */
    resumeApplier: ({ remediationId, applier }: ResumeApplierInput): Promise<ResumeResult> =>
      alive(() => resumeApplier(kubernetes, { remediationId, applier })),
  };
}
