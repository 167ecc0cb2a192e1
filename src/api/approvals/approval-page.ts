import { createHash } from 'node:crypto';
import { type ApprovalState, describeApproval } from '../../domain/approval/approval.ts';
import type { LinkClaims } from '../../domain/approval/approval-link.ts';
import { isPlanned } from '../../domain/decision/is-planned.ts';
import { planInForce } from '../../domain/ladder/plan-in-force.ts';
import { describeJudged } from '../../domain/precondition/describe-judged.ts';
import type { EvidenceReport } from '../../domain/evidence/evidence-report.ts';
import { sentenceCase } from '../../domain/text/sentence-case.ts';
import { html, Html, NOTHING } from '../http/html.ts';
import type { RemediationDetail } from '../remediations/remediations.ts';
import { renderChange } from './approval-change.ts';
import { definitions } from './definitions.ts';

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 46rem; margin: 0 auto; padding: 1.5rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; }
dt { font-weight: 600; } dd { margin: 0; overflow-wrap: anywhere; }
pre { padding: .75rem; border: 1px solid; overflow-x: auto; }
table { border-collapse: collapse; } th, td { text-align: left; padding: .2rem 1rem .2rem 0; }
ins, del { text-decoration: none; display: block; font-weight: 600; }
textarea { display: block; width: 100%; box-sizing: border-box; font: inherit; margin: .25rem 0 1rem; }
button { font: inherit; padding: .5rem 1.25rem; margin-right: 1rem; }
`;

/** As it is, because the header below has its hash. */
const styleElement = new Html(`<style>${STYLE}</style>`);

/** Nothing is loaded, run or framed; the one form leads back here. */
export const PAGE_HEADERS = {
  'Content-Security-Policy': [
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Robots-Tag': 'noindex, nofollow',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};

/** What the reader of a link gets to see: what is planned and why, and either two buttons or why there are none. */
export function renderApproval(page: {
  readonly claims: LinkClaims;
  readonly detail: RemediationDetail;
  readonly approval: ApprovalState;
  /** Why nothing can be decided here any more. */
  readonly problem?: string | undefined;
}): string {
  const { claims, detail, approval, problem } = page;
  const decide = html`<h2>Your decision</h2>
    <form method="post">
      <label>Reason, for the record <textarea name="reason" rows="2" maxlength="2000"></textarea></label>
      <button name="decision" value="approve">Approve</button>
      <button name="decision" value="reject">Reject</button>
    </form>`;
  const over = html`<h2>Nothing to decide</h2>
    <p role="status">${sentenceCase(problem ?? '')}.</p>`;
  return document(
    'Approval',
    html`<h1>${detail.status?.summary ?? 'A change waits for approval'}</h1>
      ${facts(page)} ${evidence(detail.status?.evidence)} ${renderChange(detail.status)}
      ${problem === undefined ? decide : over}
      <p>
        You decide as <strong>${claims.name}</strong>. Whoever has this link can use it in your name, once, until
        ${approval.deadlineAt}.
      </p>`,
  );
}

/** A page that says one thing. */
export function renderMessage(title: string, text: string): string {
  return document(
    title,
    html`<h1>${title}</h1>
      <p role="status">${text}</p>`,
  );
}

function facts({ detail, approval }: { detail: RemediationDetail; approval: ApprovalState }): Html {
  const { alert, status, remediation } = detail;
  const { decision } = status ?? {};
  const plan = status && planInForce(status);
  return definitions([
    ['Alert', alert?.labels['alertname'] ?? remediation.alert],
    ['What it says', alert?.annotations['summary'] ?? alert?.annotations['description']],
    ['Firing since', alert?.startsAt],
    ...Object.entries(alert?.labels ?? {})
      .filter(([name]) => name !== 'alertname')
      .slice(0, 30)
      .map(([name, value]): [string, string] => [name, value]),
    ['Why it asks', approval.clause.reason === '' ? undefined : approval.clause.reason],
    ['Policy rule', decision && `${decision.rule} (revision ${decision.policyRevision})`],
    ['Danger', plan?.danger],
    ...(status?.planned?.preconditions ?? []).map((one): [string, string] => ['Only if', describeJudged(one)]),
    ['Runbook', isPlanned(decision) ? decision.plan.runbookUrl : undefined],
    ['Approval', describeApproval(approval)],
    ['At its source', status?.source?.text],
  ]);
}

function evidence(report: EvidenceReport | undefined): Html {
  if (report === undefined) return NOTHING;
  const number = (value: number | null) => (value === null ? 'unknown' : String(Number(value.toPrecision(4))));
  return html`<h2>Evidence</h2>
    <p>${report.summary}</p>
    <table>
      <tr>
        <th scope="col">Signal</th>
        <th scope="col">Now</th>
        <th scope="col">Usual</th>
        <th scope="col">Score</th>
      </tr>
      ${report.signals.map(
        ({ name, unit, value, median, score }) =>
          html`<tr>
            <td>${name}</td>
            <td>${number(value)} ${unit}</td>
            <td>${number(median)} ${unit}</td>
            <td>${number(score)}</td>
          </tr>`,
      )}
    </table>`;
}

function document(title: string, body: Html): string {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <meta name="robots" content="noindex" />
        <title>${title} · Mendloop</title>
        ${styleElement}
      </head>
      <body>
        <main>${body}</main>
      </body>
    </html>`;
  return page.markup;
}
