import type { PolicyEngine } from '../clients/policy/wasm-policy.ts';
import type { Alert } from '../domain/alert.ts';
import type { Decision } from '../domain/decision.ts';
import { MendloopError } from '../domain/failures.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { toApplicationFailure } from './failure.ts';

export type PolicyActivities = ReturnType<typeof createPolicyActivities>;

export interface PolicyActivityParts {
  readonly policy: PolicyEngine;
  /** Name of the cluster Mendloop acts on. */
  readonly cluster: string;
  readonly metrics: Pick<Metrics, 'decided' | 'policyFailed'>;
}

export function createPolicyActivities({ policy, cluster, metrics }: PolicyActivityParts) {
  return {
    /** What policy says of an alert. Pure but for the bundle in use, whose revision is in the answer. */
    async decide({ alert }: { alert: Alert }): Promise<Decision> {
      try {
        const decision = await policy.decide({ alert, cluster });
        metrics.decided({ rule: decision.rule, verdict: decision.verdict });
        return decision;
      } catch (error) {
        if (error instanceof MendloopError) metrics.policyFailed(error.type);
        throw toApplicationFailure(error);
      }
    },
  };
}
