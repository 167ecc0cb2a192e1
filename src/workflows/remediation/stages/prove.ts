import type { Plan } from '../../../domain/plan/plan.ts';
import { Outcome } from '../../../domain/remediation/outcome.ts';
import { Step } from '../../../domain/remediation/remediation.ts';
import type { Ending } from '../ending.ts';
import { fail } from '../fault.ts';
import type { Lifecycle } from '../life.ts';

/** Returns an ending only where policy wants an unproven change kept; throws if the cure is not proven. */
export async function prove({ record, effects }: Lifecycle, { verification }: Plan): Promise<Ending | undefined> {
  const { baseline } = record.findings;
  if (baseline === undefined || effects === undefined) throw fail('Internal', 'nothing was measured before the act');
  const { observed, ...report } = await effects.verify({ verification, baseline });
  if (observed !== undefined) record.enter(Step.Verifying, observed.text, { observed }, observed.at);
  record.enter(Step.Verifying, report.summary, { verification: report });
  if (report.verdict === 'good') return undefined;
  if (report.verdict === 'inconclusive' && verification.onInconclusive === 'keep' && report.failure !== 'LeverMoved') {
    return { outcome: Outcome.Escalated, text: report.summary };
  }
  throw fail(report.failure ?? 'VerificationInconclusive', report.summary);
}
