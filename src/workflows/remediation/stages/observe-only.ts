import { isCancellation } from '@temporalio/workflow';
import type { Plan } from '../../../domain/plan/plan.ts';
import { defined } from '../../../domain/defined.ts';
import { titleWithPrelude } from '../../../domain/remediation/prelude-state.ts';
import { Outcome } from '../../../domain/remediation/outcome.ts';
import { Step } from '../../../domain/remediation/remediation.ts';
import { read } from '../../activity-profiles.ts';
import { type Ending, healthy, LOOK_AGAIN_MS } from '../ending.ts';
import { faultOf } from '../fault.ts';
import type { Lifecycle } from '../life.ts';
import { unlessResolved } from '../unless-resolved.ts';

/**
 * Mode `observe`: what would be done is worked out and told, and nothing is asked for. What would not have been acted on
 * in any mode is no act for the scorecard.
 */
export async function observeOnly(
  { record, id, alert, door }: Lifecycle,
  { plan, source, withoutEvidence }: { plan: Plan; source: string; withoutEvidence: boolean },
): Promise<Ending> {
  await door.requireStart();
  const text = `Mode observe (${source}): not acted`;
  try {
    const found = await unlessResolved(record, () =>
      read('prepare', (activities) =>
        activities.prepare({ remediationId: id, alert, plan, ...(withoutEvidence ? { withoutEvidence } : {}) }),
      ),
    );
    if (found === undefined) return healthy();
    const { prepared, verdict } = found;
    const { planned, prelude, source: firing, evidence, baseline, objective } = prepared;
    record.keep({ planned, source: firing, baseline, objective, ...defined({ prelude, evidence }) });
    if (verdict.go) return observed(`${text}; it would have been: ${titleWithPrelude(prepared)}`);
    record.index({ action: 'none' });
    return observed(`${text}, and it would not have been in any mode: ${verdict.text}`);
  } catch (error) {
    if (isCancellation(error)) throw error;
    const { type, message } = faultOf(error, Step.Preparing);
    record.index({ action: 'none' });
    return observed(`${text}, and it could not have been: ${type}: ${message}`);
  }
}

/** Its rule may go to more while the alert still fires. */
function observed(text: string): Ending {
  return { outcome: Outcome.Observed, text, enterAgainAt: Date.now() + LOOK_AGAIN_MS };
}
