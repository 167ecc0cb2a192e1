import type { KubernetesClient } from '../clients/kubernetes/kubernetes-client.ts';
import { readConditions } from '../clients/kubernetes/read-conditions.ts';
import type { ProbeClient } from '../clients/probes/probe-client.ts';
import type { ProofSubject } from '../domain/actions/contract.ts';
import type { Verification } from '../domain/plan/verification-clause.ts';
import { type CheckLook, checkLook } from '../domain/verification/check.ts';
import { checkNames } from '../domain/verification/check-names.ts';

export interface LookAtChecksRequest {
  readonly verification: Pick<Verification, 'conditions' | 'probes'>;
  readonly subject: ProofSubject;
  readonly signal: AbortSignal;
}

/** One look at every condition and probe, in their order; undefined where there is none. Never rejects. */
export type LookAtChecks = (request: LookAtChecksRequest) => Promise<readonly CheckLook[] | undefined>;

export interface LookAtChecksParts {
  readonly kubernetes: KubernetesClient;
  readonly probes: ProbeClient;
  /** Epoch ms. */
  readonly clock?: () => number;
}

/** Settles when the signal aborts at the latest: what has not answered by then is unknown. */
export function createLookAtChecks({ kubernetes, probes, clock = Date.now }: LookAtChecksParts): LookAtChecks {
  return async ({ verification, subject, signal }) => {
    const names = checkNames(verification);
    if (names.length === 0) return undefined;
    const now = clock();
    const unseen = names.map((name) =>
      checkLook({ at: now / 1000, status: 'unknown', text: `${name}: no answer in time` }),
    );
    if (signal.aborted) return unseen;
    const aborted = Promise.withResolvers<readonly CheckLook[]>();
    const giveUp = () => {
      aborted.resolve(unseen);
    };
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      return await Promise.race([lookAtAll(), aborted.promise]);
    } finally {
      signal.removeEventListener('abort', giveUp);
    }

    async function lookAtAll(): Promise<readonly CheckLook[]> {
      const { conditions, probes: asked } = verification;
      const [seen, answered] = await Promise.all([
        readConditions(kubernetes, { conditions, subject, now }),
        Promise.all(asked.map(async (probe) => checkLook({ at: now / 1000, ...(await probes.probe(probe, signal)) }))),
      ]);
      return [...seen, ...answered];
    }
  };
}
