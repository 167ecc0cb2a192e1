import { describe, expect, it } from 'vitest';
import type { RemediationStatus } from '../../../src/domain/remediation/remediation.ts';
import { reportContent, type ReportInput } from '../../../src/domain/report/report-content.ts';
import { renderReportHtml } from '../../../src/domain/report/report-html.ts';
import { renderReportMarkdown } from '../../../src/domain/report/report-markdown.ts';
import { defined } from '../../../src/domain/defined.ts';
import { Outcome } from '../../../src/domain/remediation/outcome.ts';
import { aPlannedSweep } from '../../support/changes.ts';
import { at, rolledBack as status } from './rolled-back.ts';

const input = (overrides: Partial<ReportInput> = {}): ReportInput => ({
  id: 'remediation/default/Slow/00000000000000aa/1',
  status,
  alert: { labels: { alertname: 'Slow' }, annotations: {}, startsAt: at(0) },
  links: [{ text: 'Temporal Web UI', url: 'http://temporal.example/x' }],
  ...overrides,
});

type Approval = NonNullable<RemediationStatus['approval']>;

function approvalOf(
  of: Approval['status'],
  votes: readonly Pick<Approval['votes'][number], 'by' | 'approve' | 'reason'>[],
) {
  return { status: of, votes } as unknown as Approval;
}

describe('the post-mortem', () => {
  it('has what was seen for the human who was told, as text', () => {
    const diagnosis = {
      takenAt: at(0),
      findings: ['2 of 3 Pods: container main waits: CrashLoopBackOff'],
      sections: [{ part: 'logs' as const, lines: ['panic: <script>alert(1)</script> [link](http://x.example)'] }],
      gaps: [],
    };
    const content = reportContent(input({ status: { ...status, diagnosis } }));
    const markdown = renderReportMarkdown(content);
    expect(markdown).toContain('- **What tells most**\n  - 2 of 3 Pods: container main waits: CrashLoopBackOff');
    expect(markdown).toContain('panic: \\<script>');
    expect(markdown).not.toContain('[link](');
    const html = renderReportHtml(content);
    expect(html).toContain('<h2>Diagnosis</h2>');
    expect(html).not.toContain('<script>');
    expect(renderReportMarkdown(reportContent(input()))).not.toContain('Diagnosis');
  });

  it('says in Markdown what happened, why, and where to look', () => {
    const text = renderReportMarkdown(reportContent(input()));
    for (const part of [
      '# Slow: rolled back',
      'abc123',
      'scale Deployment production/order-service 2 -> 5',
      '- **Done:** Scaled 2 -> 5',
      'Put back 5 -> 2',
      'fires at Prometheus since 10 s',
      'p95 latency 1.9 s is not <= 0.2 s',
      'ready replicas: 5',
      'unknown (stale)',
      '+  replicas: 5',
    ]) {
      expect(text).toContain(part);
    }
    expect(text).toContain('- Runbook: <https://runbooks.example/slow>');
  });

  it('begins with the story and the badge: what, by how much, what it cost, who said yes, how it ended', () => {
    const alert = { labels: { alertname: 'Slow' }, annotations: { summary: 'checkout is slow' }, startsAt: at(0) };
    const approval = approvalOf('approved', [{ by: 'ann', approve: true, reason: 'known pattern' }]);
    const budget = { allowed: true, reason: '3 more Pods for 4 h cost 3.45 USD' } as RemediationStatus['budget'];
    const content = reportContent(input({ alert, status: { ...status, approval, ...defined({ budget }) } }));
    expect(content.badge).toMatchObject({ text: 'Rolled back', tone: 'warn' });
    expect(content.story).toEqual([
      ['What happened', 'Slow fired at 2023-11-14 22:13:20 UTC: checkout is slow.'],
      ['What was done', 'Scaled 2 -> 5 (Deployment production/order-service). Undone: Put back 5 -> 2.'],
      ['By how much', expect.stringMatching(/^Replicas 2 → 5, and back again\. p95 latency /) as string],
      ['What it cost', '3 more Pods for 4 h cost 3.45 USD.'],
      ['Who said yes', 'ann said yes: known pattern.'],
      ['How it ended', 'VerificationFailed: p95 latency not <= 0.2 s; put back to 2.'],
    ]);
    const [, , badge, , first] = renderReportMarkdown(content).split('\n');
    expect(badge).toBe('**! Rolled back**');
    expect(first).toBe('- **What happened:** Slow fired at 2023-11-14 22:13:20 UTC: checkout is slow.');
    const html = renderReportHtml(content);
    expect(html).toMatch(
      /<h1>Slow: rolled back<\/h1><p><span class="badge warn">Rolled back<\/span><\/p><dl><dt>What happened/,
    );
  });

  it.each([
    [{ approval: approvalOf('rejected', [{ by: 'bo', approve: false, reason: 'not now' }]) }, 'bo said no: not now.'],
    [{ approval: approvalOf('expired', []) }, 'Nobody answered. Its deadline passed.'],
    [{}, 'Nobody was asked: mode auto, by policy.'],
  ])('says who said yes, or that nobody did: %j', (more, said) => {
    const story = Object.fromEntries(reportContent(input({ status: { ...status, ...more } })).story);
    expect(story['Who said yes']).toBe(said);
  });

  it.each(Object.values(Outcome))('has a badge for %s', (outcome) => {
    const content = reportContent(input({ status: { ...status, outcome } }));
    expect(renderReportHtml(content)).toContain(
      `<span class="badge ${content.badge.tone}">${content.badge.text}</span>`,
    );
    expect(renderReportMarkdown(content)).toMatch(new RegExp(`^# .*\n\n\\*\\*[✓!✗–] ${content.badge.text}\\*\\*\n`));
  });

  it('can be read in a terminal: plots in words unless pictures are asked for, short lines, hardly an escape', () => {
    const content = reportContent(input());
    const text = renderReportMarkdown(content);
    expect(text).not.toContain('data:image');
    expect(text).toContain('- **p95 latency:** Wanted: objective ≤ 0.2 s.');
    expect(text).not.toContain('\\');
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThan(700);
    const pictures = renderReportMarkdown(content, { pictures: true });
    expect(pictures.match(/!\[[^\]]+\]\(data:image\/svg\+xml,/g)).toHaveLength(2);
  });

  it('tells time in whole seconds, and the day where it begins', () => {
    const timeline = [
      ...status.timeline,
      { at: '2023-11-15T00:00:03.456Z', step: 'watching' as const, text: 'the next day' },
    ];
    const content = reportContent(input({ status: { ...status, timeline } }));
    for (const text of [renderReportMarkdown(content), renderReportHtml(content).replaceAll(/datetime="[^"]*"/g, '')]) {
      expect(text).toContain('2023-11-14 22:13:20 UTC');
      expect(text).toContain('2023-11-15 00:00:03 UTC');
      expect(text).not.toMatch(/\d\d:\d\d:\d\d[.,]\d|\d ms\b/);
    }
    expect(renderReportMarkdown(content)).toContain('- 22:13:21 acting: scale');
  });

  it('names things before it gives their identifiers', () => {
    const text = renderReportMarkdown(reportContent(input()));
    expect(text.indexOf('remediation/default/')).toBeGreaterThan(text.indexOf('order-service'));
    expect(reportContent(input()).facts.at(-1)?.[0]).toBe('Remediation');
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

  it('tells what was set and by whom it was changed back, not what the last look found alone', () => {
    const reverted: RemediationStatus = {
      ...status,
      outcome: 'escalated',
      compensation: {
        ...{ status: 'left_alone', text: 'another has changed it' },
        ...{ expected: '5 replicas', found: '2 replicas', by: 'argocd-controller' },
      },
    };
    const facts = Object.fromEntries(reportContent(input({ status: reverted })).facts);
    expect(facts).toMatchObject({
      Done: 'Scaled 2 -> 5',
      Undo: 'Left alone: we had set 5 replicas, argocd-controller has changed it since, and it is 2 replicas now',
    });
    expect(facts).not.toHaveProperty('Undo by hand');
  });

  it('says how to undo by hand what the machine could not', () => {
    const { compensation: _, ...stuck } = status;
    const facts = Object.fromEntries(reportContent(input({ status: { ...stuck, outcome: 'escalated' } })).facts);
    expect(facts['Undo by hand']).toBe('kubectl -n production scale deployment order-service --replicas=2');
  });

  it('is the same for an action that moves no number, on an object without a namespace', () => {
    const { preview: _, compensation: __, ...rest } = status;
    const effect = { changed: true, text: 'Swept worker-1', handle: {} };
    const content = reportContent(input({ status: { ...rest, planned: aPlannedSweep(), effect } }));
    expect(content.plots.map(({ title }) => title)).toEqual(['p95 latency']);
    expect(Object.fromEntries(content.facts)).toMatchObject({
      Target: 'default/-/Node/worker-1',
      Planned: 'sweep Node worker-1',
      'Seen before': 'dust: much',
      Done: 'Swept worker-1',
    });
  });

  it('can be made of a remediation that has hardly begun', () => {
    const begun: RemediationStatus = {
      ...{ step: 'preparing', summary: 'Alert received', alertResolved: false, notified: [] },
      timeline: [{ at: at(0), step: 'preparing', text: 'Alert received' }],
    };
    const content = reportContent(input({ status: begun, alert: undefined }));
    expect(renderReportHtml(content)).toContain('Remediation: preparing');
    expect(renderReportMarkdown(content)).toContain('What happened');
  });
});
