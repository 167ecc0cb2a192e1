import { isFailure, toldAs } from '../domain/notice/notification.ts';
import { Outcome } from '../domain/remediation/outcome.ts';
import { tell } from './activity-profiles.ts';
import type { AllClearInput } from '../contract/remediation.ts';
import { notifyPeople } from './remediation/notices.ts';

/**
 * Tells the channels that an alert has resolved whose remediation had failed, so that pages which its end opened are
 * closed. A workflow of its own, because the remediation has ended by then. Returns the channels that were told.
 */
export async function allClear({ remediationId, alert }: AllClearInput): Promise<string[]> {
  const status = await tell('recall the remediation').recallRemediation({ remediationId });
  const { outcome, summary } = status;
  if (outcome === undefined || !isFailure({ kind: toldAs(outcome) })) return [];
  const text = `The alert has resolved. Its remediation had ended as ${outcome.replaceAll('_', ' ')}: ${summary}`;
  return await notifyPeople({
    id: remediationId,
    alert,
    status,
    message: { kind: toldAs(outcome), text, ofSpell: outcome === Outcome.Suppressed, resolved: true },
  });
}
