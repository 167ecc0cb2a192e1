import type { Logger } from 'pino';
import { listPaused, resumeApplier } from '../clients/gitops/appliers.ts';
import type { KubernetesClient } from '../clients/kubernetes/kubernetes-client.ts';
import { parseRemediationId } from '../domain/alert/parse-remediation-id.ts';
import type { GitOpsTerms } from '../domain/gitops/applier.ts';
import type { WhichAreOpen } from '../store/store.ts';

export interface ResumeEndedParts {
  readonly kubernetes: KubernetesClient;
  readonly terms: GitOpsTerms;
  readonly isOpen: WhichAreOpen;
  readonly logger: Pick<Logger, 'warn' | 'info'>;
}

/** Between two looks: an end puts back by itself, so that only what was terminated or reset is left to be found here. */
const EVERY_MS = 60_000;

/**
 * Puts back what is still paused for remediations that are over: terminated at Temporal, or reset to before the pause. Never
 * throws; what cannot be read is looked at again.
 */
export function createResumeEnded({
  kubernetes,
  terms,
  isOpen,
  logger,
}: ResumeEndedParts): (now?: number) => Promise<void> {
  let lookedAt = -Infinity;
  return async (now = Date.now()) => {
    if (!(terms.argocd.suspend || terms.flux.suspend) || now - lookedAt < EVERY_MS) return;
    lookedAt = now;
    try {
      const paused = await listPaused(kubernetes, terms);
      // Of another installation nothing is known here.
      const ids = paused.flatMap(({ by }) => by).filter((id) => parseRemediationId(id)?.cluster === kubernetes.cluster);
      if (ids.length === 0) return;
      const open = await isOpen([...new Set(ids)]);
      for (const { applier, by } of paused) {
        for (const remediationId of by.filter((id) => ids.includes(id) && !open.has(id))) {
          const { text } = await resumeApplier(kubernetes, { remediationId, applier });
          logger.info({ remediation: remediationId }, text);
        }
      }
    } catch (error) {
      logger.warn({ err: error }, 'could not look for what is still paused');
    }
  };
}
