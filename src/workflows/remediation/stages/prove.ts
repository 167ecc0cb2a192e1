import type { Plan } from '../../../domain/plan/plan.ts';
import { Outcome } from '../../../domain/remediation/outcome.ts';
import { Step } from '../../../domain/remediation/remediation.ts';
import { defined } from '../../../domain/defined.ts';
import type { Baseline, VerificationReport } from '../../../domain/verification/measurement.ts';
import type { Verification } from '../../../domain/plan/verification-clause.ts';
import { wait } from '../../activity-profiles.ts';
import type { Effects } from '../effects.ts';
import type { Ending } from '../ending.ts';
import { fail } from '../fault.ts';
import type { Lifecycle } from '../life.ts';

/** Returns an ending only where policy wants an unproven change kept; throws if the cure is not proven. */
export async function prove({ record, effects }: Lifecycle, { verification }: Plan): Promise<Ending | undefined> {
  const { baseline } = record.findings;
  if (baseline === undefined || effects === undefined) throw fail('Internal', 'nothing was measured before the act');
  const report = await verify({ verification, baseline, effects });
  record.enter(Step.Verifying, report.summary, { verification: report });
  if (report.verdict === 'good') return undefined;
  if (report.verdict === 'inconclusive' && verification.onInconclusive === 'keep' && report.failure !== 'LeverMoved') {
    return { outcome: Outcome.Escalated, text: report.summary };
  }
  throw fail(report.failure ?? 'VerificationInconclusive', report.summary);
}

/**
 * Samples fresh metrics until they prove the objective, disprove it, or the plan's deadline has passed; and looks whether
 * the target still stands where the effect left it, because a cure by another hand is none of ours.
 */
export function verify(request: {
  readonly verification: Verification;
  readonly baseline: Baseline;
  readonly effects: Effects;
}): Promise<VerificationReport> {
  const { verification, baseline, effects } = request;
  const { objective, deadlineSeconds, intervalSeconds } = verification;
  return wait(`verify ${objective.name}`, deadlineSeconds, intervalSeconds).verifyRemediation({
    verification,
    baseline,
    ...defined({ lever: effects.mayHaveActed ? effects.standing : undefined }),
  });
}
