import { toRemediationId } from '../../domain/alert/remediation-id.ts';
import { type ReportContent, reportContent } from '../../domain/report/report-content.ts';
import type { RemediationDetail, Remediations } from '../remediations/remediations.ts';

export type ReportReading =
  | { readonly status: 'made'; readonly content: ReportContent }
  /** No worker can tell now what happened. */
  | { readonly status: 'silent'; readonly reason: string }
  | { readonly status: 'not_found' };

/** The post-mortem of a remediation, from what it has recorded. `id` may be any text. */
export async function readReport(remediations: Pick<Remediations, 'get'>, id: string): Promise<ReportReading> {
  const wanted = toRemediationId(id);
  const detail = wanted === undefined ? undefined : await remediations.get(wanted);
  if (detail === undefined) return { status: 'not_found' };
  const { remediation, status, statusUnavailable = 'nothing is known yet', alert } = detail;
  if (status === undefined) return { status: 'silent', reason: statusUnavailable };
  return {
    status: 'made',
    content: reportContent({ id: remediation.id, status, alert, links: linksOf(detail), linkHosts: hostsOf(detail) }),
  };
}

/** The host that the settings allow, where they allow that of the runbook. */
function hostsOf({ links: { runbook } }: RemediationDetail): string[] {
  return runbook === undefined ? [] : [new URL(runbook).hostname];
}

function linksOf({ links: { temporal, trace } }: RemediationDetail) {
  return [
    ...(temporal === undefined ? [] : [{ text: 'Temporal Web UI', url: temporal }]),
    ...(trace === undefined ? [] : [{ text: 'Trace', url: trace }]),
  ];
}
