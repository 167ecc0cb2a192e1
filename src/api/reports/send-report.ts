import type { Response } from 'express';
import type { ReportContent } from '../../domain/report/report-content.ts';
import { REPORT_FORMATS, type ReportFormatName } from '../../domain/report/report-formats.ts';
import { comeBackLater, type HttpProblem } from '../http/http-problem.ts';
import type { ReportReading } from './read-report.ts';

/** Nothing is loaded, run, framed or told to others; the report's own policy is in its head, for when it is a file. */
export const REPORT_HEADERS = {
  'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'",
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Robots-Tag': 'noindex, nofollow',
  'X-Content-Type-Options': 'nosniff',
};

/** @throws HttpProblem 503 while no worker can tell what happened, and what `notFound` makes. */
export function contentOf(reading: ReportReading, notFound: () => HttpProblem): ReportContent {
  if (reading.status === 'not_found') throw notFound();
  if (reading.status === 'silent') throw comeBackLater(`${reading.reason}.`);
  return reading.content;
}

export interface SendReportOptions {
  readonly format: ReportFormatName;
  /** Plots as pictures in Markdown too. */
  readonly pictures?: boolean;
  readonly notFound: () => HttpProblem;
}

/** @throws HttpProblem as `contentOf`. */
export function sendReport(response: Response, reading: ReportReading, options: SendReportOptions): void {
  const { format, pictures = false, notFound } = options;
  const { mediaType, render } = REPORT_FORMATS[format];
  const text = render(contentOf(reading, notFound), { pictures });
  response.set(REPORT_HEADERS).type(mediaType).send(text);
}
