import { isFailure, toldAs } from '../domain/notice/notification.ts';
import { Outcome } from '../domain/remediation/outcome.ts';
import { Order, type Sealed } from '../domain/orders/seal.ts';
import { read, tell } from './activity-profiles.ts';
import type { AllClearInput } from '../contract/remediation.ts';
import { notifyPeople } from './remediation/notices.ts';

/**
 * Tells the channels that an alert has resolved whose remediation had failed, so that pages which its end opened are
 * closed. A workflow of its own, because the remediation has ended by then; one that the API has not started tells
 * nobody. Returns the channels that were told.
 */
export async function allClear(input: Sealed<AllClearInput>): Promise<string[]> {
  const { remediationId, alert } = input;
  const { valid } = await read('verify who said so', (activities) =>
    activities.verifyOrder({ order: Order.AllClear, remediationId, input }),
  );
  if (!valid) return [];
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
