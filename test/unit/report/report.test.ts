import { describe, expect, it } from 'vitest';
import type { RemediationStatus } from '../../../src/domain/remediation.ts';
import { reportContent, type ReportInput } from '../../../src/domain/report/report-content.ts';
import { renderReportHtml } from '../../../src/domain/report/report-html.ts';
import { renderReportMarkdown } from '../../../src/domain/report/report-markdown.ts';
import { aDecision, aPlan } from '../../support/plans.ts';
import { baseline, report, snapshot } from '../../workflow/fake-world.ts';

const at = (second: number) => new Date(1_700_000_000_000 + second * 1000).toISOString();
const known = (second: number, value: number) => ({ at: 1_700_000_000 + second, status: 'known' as const, value });

const status: RemediationStatus = {
  step: 'ended',
  outcome: 'rolled_back',
  summary: 'VerificationFailed: p95 latency not <= 0.2 s; put back to 2',
  alertResolved: false,
  decision: { ...aDecision(aPlan({ runbookUrl: 'https://runbooks.example/slow' })), policyRevision: 'abc123' },
  snapshot,
  baseline,
  preview: { before: 2, after: 5, diff: '-  replicas: 2\n+  replicas: 5' },
  scale: { changed: true, before: 2, after: 5 },
  verification: report({
    verdict: 'bad',
    failure: 'VerificationFailed',
    samples: [known(3, 1.9), known(4, 1.7), known(5, 1.8)],
    neighbours: [{ name: 'catalog', before: known(0, 0.1), after: { at: 1, status: 'unknown', reason: 'stale' } }],
  }),
  compensation: { status: 'restored', before: 5, after: 2 },
  notified: ['on-call'],
  timeline: [
    { at: at(0), step: 'deciding', text: 'Alert received' },
    { at: at(1), step: 'acting', text: 'scale Deployment production/order-service 2 -> 5' },
    { at: at(2), step: 'verifying', text: '5 replicas ready' },
    { at: at(6), step: 'compensating', text: 'undoing the change' },
    { at: at(7), step: 'ended', text: 'put back to 2' },
  ],
};

const input = (overrides: Partial<ReportInput> = {}): ReportInput => ({
  id: 'remediation/Slow/00000000000000aa/1700000000000',
  status,
  alert: { labels: { alertname: 'Slow' }, annotations: {}, startsAt: at(0) },
  links: [{ text: 'Temporal Web UI', url: 'http://temporal.example/x' }],
  ...overrides,
});

describe('the post-mortem', () => {
  it('says in Markdown what happened, why, and where to look', () => {
    const text = renderReportMarkdown(reportContent(input()));
    for (const part of [
      '# Slow: rolled back',
      'abc123',
      '2 -\\> 5',
      'put back 5',
      'unknown (stale)',
      '+  replicas: 5',
    ]) {
      expect(text.replaceAll('\\(', '(').replaceAll('\\)', ')')).toContain(part);
    }
    expect(text).toContain('(<https://runbooks.example/slow>)');
    expect(text.match(/data:image\/svg\+xml/g)).toHaveLength(2);
  });

  it('says the same in one HTML file, with the plots in it and no script', () => {
    const text = renderReportHtml(reportContent(input()));
    expect(text).toContain('<h1>Slow: rolled back</h1>');
    expect(text.match(/<svg /g)).toHaveLength(2);
    expect(text).toContain('VerificationFailed');
    expect(text).not.toMatch(/<script/i);
    expect(text).toContain('default-src &#39;none&#39;');
  });

  it('takes hostile text for data, and shows no secret', () => {
    const hostile: RemediationStatus = {
      ...status,
      summary: '<img src=x onerror=alert(1)> password=hunter2 \u202egnp.exe',
      timeline: [{ at: at(0), step: 'deciding', text: '[click](javascript:alert(1)) | `x`' }],
    };
    const content = reportContent(input({ status: hostile, links: [{ text: 'bad', url: 'javascript:alert(1)' }] }));
    // Brackets are text in HTML; in Markdown they must be escaped to be so.
    expect(renderReportMarkdown(content)).not.toMatch(/(?<!\\)\]\(<?javascript/);
    for (const text of [renderReportHtml(content), renderReportMarkdown(content)]) {
      expect(text).not.toContain('hunter2');
      expect(text).not.toMatch(/(?<!\\)<img src=x/);
      expect(text).not.toContain('\u202e');
    }
    expect(renderReportHtml(content)).not.toContain('href="javascript');
  });

  it('can be made of a remediation that has hardly begun', () => {
    const { scale: _s, verification: _v, compensation: _c, baseline: _b, preview: _p, outcome: _o, ...early } = status;
    const content = reportContent(input({ status: { ...early, step: 'inspecting' }, alert: undefined }));
    expect(renderReportHtml(content)).toContain('Remediation: inspecting');
    expect(renderReportMarkdown(content)).toContain('What happened');
  });
});
