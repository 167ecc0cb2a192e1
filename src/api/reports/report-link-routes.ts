import { momentText } from '../../domain/text/moment-text.ts';
import { type Request, Router } from 'express';
import { type ReportClaims, readReportLink, REPORT_PATH } from '../../clients/links/report-link.ts';
import { renderPng } from '../../clients/picture/render-png.ts';
import { renderPlot } from '../../domain/plot/render-plot.ts';
import type { Doorkeeper } from '../access/doorkeeper.ts';
import { HttpProblem } from '../http/http-problem.ts';
import { onlyAllow } from '../http/only-allow.ts';
import type { Remediations } from '../remediations/remediations.ts';
import { readReport } from './read-report.ts';
import { contentOf, REPORT_HEADERS, sendReport } from './send-report.ts';

export interface ReportLinkOptions {
  readonly remediations: Pick<Remediations, 'get'>;
  /** What signs the links, asked for at each use. */
  readonly secret: () => string;
  readonly keeper: Doorkeeper;
}

/** As chats show pictures: wide, and sharp on screens with two pixels for one. */
const PICTURE = { width: 800, height: 320, zoom: 2 } as const;

/**
 * `/reports/<link>`: the post-mortem of one remediation for the holder of the link, such as the on-call on a telephone and
 * the servers of a chat: the page, `report.md` and `plot.png` below it. Read only.
 */
export function reportLinkRoutes({ remediations, secret, keeper }: ReportLinkOptions): Router {
  const router = Router();
  const path = `${REPORT_PATH}/:link`;

  const read = (request: Request) => readReport(remediations, claimsOf(request, secret(), keeper).remediationId);

  router.get(path, async (request, response) => {
    sendReport(response, await read(request), { format: 'html', notFound: noReport });
  });
  router.get(`${path}/report.md`, async (request, response) => {
    sendReport(response, await read(request), { format: 'md', notFound: noReport });
  });
  router.get(`${path}/plot.png`, async (request, response) => {
    const [plot] = contentOf(await read(request), noReport).plots;
    if (plot === undefined) throw noReport();
    const { width, height, zoom } = PICTURE;
    const svg = renderPlot({ ...plot, width, height, theme: 'light', heading: true, id: 'plot' });
    response
      .set(REPORT_HEADERS)
      .type('png')
      .send(await renderPng(svg, { zoom }));
  });
  router.all([path, `${path}/report.md`, `${path}/plot.png`], onlyAllow('GET, HEAD'));
  return router;
}

/** @throws HttpProblem 404 for a link that is not ours, 410 for one whose time is over. */
function claimsOf(request: Request, secret: string, keeper: Doorkeeper): ReportClaims {
  const { link } = request.params;
  const claims = readReportLink(typeof link === 'string' ? link : '', secret);
  const refuse = (reason: 'link_forged' | 'link_expired', problem: HttpProblem) =>
    keeper.refuse(request, { door: 'report_link', reason }, problem);
  if (claims === undefined) throw refuse('link_forged', noReport());
  if (claims.expiresAt > Date.now()) return claims;
  const until = momentText(claims.expiresAt);
  throw refuse('link_expired', new HttpProblem(410, { detail: `This link was good until ${until}.` }));
}

function noReport(): HttpProblem {
  return new HttpProblem(404, { detail: 'There is no such report, or this is not the whole of its link.' });
}
