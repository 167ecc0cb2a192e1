import { describe, expect, it } from 'vitest';
import type { RemediationStatus } from '../../../src/domain/remediation/remediation.ts';
import { reportContent, type ReportInput } from '../../../src/domain/report/report-content.ts';
import { renderReportHtml } from '../../../src/domain/report/report-html.ts';
import { renderReportMarkdown } from '../../../src/domain/report/report-markdown.ts';
import { at, rolledBack as status } from './rolled-back.ts';

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
