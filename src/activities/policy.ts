import type { ModeFlags } from '../clients/flags/mode-flags.ts';
import type { PolicyEngine } from '../clients/policy/policy-engine.ts';
import type { Alert } from '../domain/alert/alert.ts';
import type { Decision } from '../domain/decision.ts';
import { MendloopError } from '../domain/failures.ts';
import { inMode } from '../domain/decision/in-mode.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { toApplicationFailure } from './failure.ts';

export type PolicyActivities = ReturnType<typeof createPolicyActivities>;

export interface PolicyActivityParts {
  readonly policy: PolicyEngine;
  /** Name of the cluster Mendloop acts on. */
  readonly cluster: string;
  readonly metrics: Pick<Metrics, 'decided' | 'policyFailed'>;
  /** Absent: the mode that policy allows is the mode that holds. */
  readonly flags?: Pick<ModeFlags, 'resolveMode'> | undefined;
  /** Whether pages are held back while Mendloop acts by itself. */
  readonly holdsPages?: boolean;
}

export function createPolicyActivities({ policy, cluster, metrics, flags, holdsPages = false }: PolicyActivityParts) {
  return {
    /**
     * What policy says of an alert, and the mode that holds for its plan. Pure but for the bundle in use, whose revision
     * is in the answer, and for the flags, whose say is.
     */
    async decide({ alert }: { alert: Alert }): Promise<Decision> {
      try {
        const decision = await policy.decide({ alert, cluster });
        metrics.decided({ rule: decision.rule, verdict: decision.verdict });
        if (decision.verdict !== 'plan') return decision;
        const effectiveMode = (await flags?.resolveMode({ decision, alert, cluster })) ?? {
          mode: decision.mode,
          source: 'policy',
        };
        return { ...inMode(decision, effectiveMode), ...(holdsPages && { holdsPage: true }) };
      } catch (error) {
        if (error instanceof MendloopError) metrics.policyFailed(error.type);
        throw toApplicationFailure(error);
      }
    },
  };
}
