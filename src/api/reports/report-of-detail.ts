import { type ReportContent, reportContent } from '../../domain/report/report-content.ts';
import type { RemediationDetail } from '../remediations/remediations.ts';

/** The post-mortem of a remediation; undefined while there is nobody to tell what happened. */
export function reportOfDetail({ remediation, status, alert, links }: RemediationDetail): ReportContent | undefined {
  if (status === undefined) return undefined;
  const { temporal, trace } = links;
  return reportContent({
    ...{ id: remediation.id, status, alert },
    links: [
      ...(temporal === undefined ? [] : [{ text: 'Temporal Web UI', url: temporal }]),
      ...(trace === undefined ? [] : [{ text: 'Trace', url: trace }]),
    ],
  });
}
