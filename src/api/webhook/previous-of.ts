import type { PreviousRemediation } from '../../contract/remediation.ts';
import type { Incident } from '../../domain/incident/incident.ts';

/** The remediation of an incident that the same spell of its alert is entered again after. */
export function previousOf({ remediationId, ended, endHeardAt }: Incident): PreviousRemediation | undefined {
  return ended === undefined || endHeardAt !== undefined ? undefined : { remediationId, outcome: ended.outcome };
}
