import { effectiveAlert } from '../../domain/alert/effective-labels.ts';
import type { Alert } from '../../domain/alert/alert.ts';
import type { Decision } from '../../domain/decision.ts';
import { inMode } from '../../domain/decision/in-mode.ts';
import { type FailureType, MendloopError } from '../../domain/failures.ts';
import type { ModeFlags } from '../flags/mode-flags.ts';
import type { PolicyEngine } from './policy-engine.ts';

export interface DecideParts {
  readonly policy: Pick<PolicyEngine, 'decide'>;
  /** Name of the cluster that Mendloop acts on. */
  readonly cluster: string;
  readonly metrics: {
    decided(event: Pick<Decision, 'rule' | 'verdict'>): void;
    policyFailed(reason: FailureType): void;
  };
  /** Absent: the mode that policy allows is the mode that holds. */
  readonly flags?: Pick<ModeFlags, 'resolveMode'> | undefined;
  /** Whether pages are held back while Mendloop acts by itself. */
  readonly holdsPages?: boolean;
}

/**
 * What policy says of an alert, and the mode that holds for its plan. Pure but for the policy in use, whose revision is in
 * the answer, and for the flags, whose say is.
 *
 * @throws MendloopError `PolicyUnavailable` or `PolicyAnswerInvalid`, counted.
 */
export async function decideAlert(
  { policy, cluster, metrics, flags, holdsPages = false }: DecideParts,
  alert: Alert,
): Promise<Decision> {
  let decision: Decision;
  try {
    decision = await policy.decide({ alert, cluster });
  } catch (error) {
    if (error instanceof MendloopError) metrics.policyFailed(error.type);
    throw error;
  }
  metrics.decided({ rule: decision.rule, verdict: decision.verdict });
  if (decision.verdict !== 'plan') return decision;
  const mode = await flags?.resolveMode({ decision, alert: effectiveAlert(alert), cluster });
  const inForce = inMode(decision, mode ?? { mode: decision.mode, source: 'policy' });
  return holdsPages ? { ...inForce, holdsPage: true } : inForce;
}
