import type { ReportContent } from './report-content.ts';
import { renderReportHtml } from './report-html.ts';
import { renderReportMarkdown } from './report-markdown.ts';

interface ReportFormat {
  readonly mediaType: string;
  /** `pictures`: also where the format could do without. */
  readonly render: (content: ReportContent, options?: { readonly pictures?: boolean }) => string;
}

/** What a post-mortem can be written as, by the ending of its file's name. */
export const REPORT_FORMATS = {
  html: { mediaType: 'text/html', render: renderReportHtml },
  md: { mediaType: 'text/markdown', render: renderReportMarkdown },
} as const satisfies Readonly<Record<string, ReportFormat>>;
export type ReportFormatName = keyof typeof REPORT_FORMATS;
export const reportFormatNames = Object.keys(REPORT_FORMATS) as ReportFormatName[];
