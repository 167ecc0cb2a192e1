import type { Logger } from 'pino';
import type { LinkMaker } from '../clients/links/make-approval-links.ts';
import { REPORT_PATH, signReportLink } from '../clients/links/report-link.ts';
import { defined } from '../domain/defined.ts';
import { APPROVAL_REQUESTED, ORDER_FORGED, type RemediationNotice } from '../domain/notice/notification.ts';
import { renderPlot } from '../domain/plot/render-plot.ts';
import type { RemediationStatus } from '../domain/remediation/remediation.ts';
import { reportContent } from '../domain/report/report-content.ts';
import { renderReportMarkdown } from '../domain/report/report-markdown.ts';

export interface ReportParts {
  /** What a remediation has recorded so far; undefined if it does not answer. */
  readonly statusOf: (remediationId: string) => Promise<RemediationStatus | undefined>;
  /** Where links lead and what signs them, asked for at each use; absent: the report is attached without a link to it. */
  readonly links?: (() => LinkMaker) | undefined;
  /** Hosts that links of the alert's own may lead to; absent: none. */
  readonly linkHosts?: readonly string[];
  readonly logger: Pick<Logger, 'warn'>;
}

/** As long as a report may be asked for by its link: longer than an incident is talked about. */
const LINK_DAYS = 30;
const DAY_MS = 86_400_000;

const PICTURE = { width: 720, height: 260 } as const;

type Attachment = Pick<RemediationNotice, 'links' | 'pictureUrl' | 'pictureSvg' | 'reportMarkdown'>;

/**
 * The post-mortem for a notice of an end: made when the remediation ends, as a document for receivers that take one, and
 * as links for people and for the servers of chats. Never fails: the on-call is woken without it.
 */
export async function attachReport(notice: RemediationNotice, parts: ReportParts): Promise<Attachment> {
  const { kind } = notice;
  if (kind === APPROVAL_REQUESTED || kind === ORDER_FORGED) return {};
  try {
    const status = await parts.statusOf(notice.remediationId);
    if (status === undefined) return {};
    const { remediationId: id, alert } = notice;
    // The workflow is still about to end: its outcome is what the notice says.
    const content = reportContent({
      id,
      alert,
      status: { ...status, outcome: kind },
      ...defined({ linkHosts: parts.linkHosts }),
    });
    const [plot] = content.plots;
    return {
      reportMarkdown: renderReportMarkdown(content),
      ...(plot === undefined
        ? {}
        : { pictureSvg: renderPlot({ ...plot, ...PICTURE, theme: 'light', heading: true, id: 'plot' }) }),
      ...linksTo(id, { hasPicture: plot !== undefined, maker: parts.links?.() }),
    };
  } catch (error) {
    parts.logger.warn({ err: error, remediation: notice.remediationId }, 'told without the report');
    return {};
  }
}

function linksTo(
  remediationId: string,
  { hasPicture, maker }: { hasPicture: boolean; maker: LinkMaker | undefined },
): Pick<Attachment, 'links' | 'pictureUrl'> {
  if (maker === undefined) return {};
  const expiresAt = Date.now() + LINK_DAYS * DAY_MS;
  const url = `${maker.publicUrl}${REPORT_PATH}/${signReportLink({ remediationId, expiresAt }, maker.secret)}`;
  return { links: [{ text: 'Report', url }], ...(hasPicture ? { pictureUrl: `${url}/plot.png` } : {}) };
}
