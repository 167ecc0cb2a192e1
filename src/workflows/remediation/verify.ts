import type { Baseline, VerificationReport } from '../../domain/verification/measurement.ts';
import type { Verification } from '../../domain/plan/verification-clause.ts';
import { wait } from '../activity-profiles.ts';

/** Samples fresh metrics until they prove the objective, disprove it, or the plan's deadline has passed. */
export function verify(verification: Verification, baseline: Baseline): Promise<VerificationReport> {
  const { objective, deadlineSeconds, intervalSeconds } = verification;
  return wait(`verify ${objective.name}`, deadlineSeconds, intervalSeconds).verifyRemediation({
    verification,
    baseline,
  });
}
