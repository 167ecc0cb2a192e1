import { describe, expect, it } from 'vitest';
import { renderTeamsMessage } from '../../../src/clients/notifications/msteams/adaptive-card.ts';
import { renderJsmAlert } from '../../../src/clients/notifications/jsm/jsm-alert.ts';
import { renderPagerDutyEvent } from '../../../src/clients/notifications/pagerduty/pagerduty-event.ts';
import { renderSlackDigest, renderSlackMessage } from '../../../src/clients/notifications/slack/slack-blocks.ts';
import { alertsSchema } from '../../../src/config/alerts-schema.ts';
import { renderFailureAlert } from '../../../src/domain/notice/failure-alert.ts';
import { renderNoticeBody } from '../../../src/domain/notice/notice-body.ts';
import type { RemediationNotice } from '../../../src/domain/notice/notification.ts';
import { reportContent } from '../../../src/domain/report/report-content.ts';
import { renderReportHtml } from '../../../src/domain/report/report-html.ts';
import { renderReportMarkdown } from '../../../src/domain/report/report-markdown.ts';
import { foreignLinks } from '../../../src/domain/text/foreign-links.ts';
import { aPlan } from '../../support/plans.ts';
import { rolledBack } from '../report/rolled-back.ts';
import { aNotice } from './notices.ts';

const EVIL = 'https://login.evil.example/runbook?team=shop';
const base = aNotice({ linkHosts: [] });
const withAnnotation = (annotations: Record<string, string>, more: Partial<RemediationNotice> = {}) =>
  aNotice({ linkHosts: [], alert: { ...base.alert, annotations: { ...annotations } }, ...more });

/** All that a person may see and click, in every channel. */
const CHANNELS: readonly [string, (notice: RemediationNotice) => unknown][] = [
  ['Slack', renderSlackMessage],
  ['Slack, as a digest', (notice) => renderSlackDigest([notice])],
  ['Teams', renderTeamsMessage],
  ['PagerDuty', (notice) => renderPagerDutyEvent(notice, { routingKey: 'r', since: 0 })],
  ['Jira Service Management', (notice) => renderJsmAlert(notice, [])],
  ['Alertmanager', (notice) => renderFailureAlert(notice, { startsAt: '', endsAt: '' }).annotations],
];

describe.each(CHANNELS)('in %s', (_name, render) => {
  const sent = (notice: RemediationNotice) => JSON.stringify(render(notice));

  it.each<[string, RemediationNotice]>([
    ['a runbook of its own', withAnnotation({ runbook_url: EVIL })],
    ['one that policy hands on', withAnnotation({ runbook_url: EVIL }, { runbookUrl: EVIL })],
    ['one of another name that policy hands on', withAnnotation({ docs: EVIL }, { runbookUrl: EVIL })],
    [
      'one that a label names',
      aNotice({ linkHosts: [], alert: { ...base.alert, labels: { docs: EVIL }, annotations: {} }, runbookUrl: EVIL }),
    ],
    ['a dashboard', withAnnotation({ dashboard_url: EVIL, summary: `look at ${EVIL} now` })],
    ['what our own sentences repeat', withAnnotation({ panel: EVIL }, { summary: `it says ${EVIL}`, details: [EVIL] })],
    ['one in other letters', withAnnotation({ runbook_url: EVIL.toUpperCase() }, { runbookUrl: EVIL.toUpperCase() })],
  ])('%s is no link', (_what, notice) => {
    expect(sent(notice)).not.toMatch(/https?:[/\\]+login\.evil/i);
  });

  it('a host that the settings allow is', () => {
    const notice = withAnnotation({ runbook_url: EVIL }, { linkHosts: ['*.evil.example'] });
    if (_name !== 'Slack, as a digest') expect(sent(notice)).toContain('https://login.evil.example/runbook?team=shop');
  });
});

it('policy\u2019s own runbook is a link without more', () => {
  const notice = withAnnotation({ summary: 'slow' }, { runbookUrl: 'https://wiki.example/slow' });
  expect(renderNoticeBody(notice).runbookUrl).toBe('https://wiki.example/slow');
  expect(JSON.stringify(renderSlackMessage(notice))).toContain('<https://wiki.example/slow|Runbook>');
});

it('what is no link is told as text', () => {
  expect(JSON.stringify(renderSlackMessage(withAnnotation({ runbook_url: EVIL })))).toContain(
    'hxxps://login[.]evil[.]example/runbook?team=shop',
  );
  expect(renderNoticeBody(withAnnotation({ runbook_url: EVIL })).runbookUrl).toBeUndefined();
});

it.each([
  ['md', renderReportMarkdown],
  ['html', renderReportHtml],
])('the report (%s) has it as text, and as a link where its host is allowed', (_format, render) => {
  const alert = { ...base.alert, annotations: { runbook_url: EVIL } };
  const plan = { ...aPlan(), runbookUrl: EVIL };
  const decision = { verdict: 'plan', rule: 'r', mode: 'auto', policyRevision: 'test', plan } as const;
  const status = { ...rolledBack, decision };
  const report = (linkHosts: string[]) => render(reportContent({ id: 'r', status, alert, linkHosts }));
  expect(report([])).not.toMatch(/https?:\/\/login\.evil/);
  expect(report([])).toMatch(/hxxps:\/\/login.{0,2}\[\.\]|hxxps:\/\/login/);
  expect(report(['login.evil.example'])).toContain('https://login.evil.example/runbook');
});

describe('whose link it is', () => {
  const alert = (text: string) => ({ labels: { alertname: 'A' }, annotations: { text } });

  it.each([
    ['https://evil.example/a', 'https://evil.example/a/b?c#d'],
    ['https:evil.example/a', 'https:evil.example/a'],
    ['https:/\\evil.example', 'https://evil.example/'],
    ['HTTPS://Evil.Example', 'https://evil.example/'],
    ['https://%65vil.example/', 'https://evil.example/'],
    ['https://user@evil.example:8443/', 'https://evil.example/'],
    ['see evil.example for more', 'https://evil.example/'],
    ['https://\u0435vil.example/', 'https://\u0435vil.example/'],
    ['https://evil.example./', 'https://evil.example/'],
  ])('what the alert says as %j is its own as %j', (text, url) => {
    expect(foreignLinks(alert(text)).isTrusted(url)).toBe(false);
    expect(foreignLinks(alert(text), ['*.example']).isTrusted(url)).toBe(true);
  });

  it.each(['javascript:alert(1)', 'data:text/html,x', 'nonsense', '', '//evil.example'])(
    '%j is never a link',
    (url) => {
      expect(foreignLinks(alert('x'), ['*.example', 'evil.example']).isTrusted(url)).toBe(false);
    },
  );

  it('another page of the same host is not what the alert says', () => {
    expect(foreignLinks(alert('https://wiki.example/a')).isTrusted('https://wiki.example/b')).toBe(true);
  });

  it('of what the alert said nothing is known: only allowed hosts are', () => {
    expect(foreignLinks(undefined).isTrusted('https://wiki.example/')).toBe(false);
    expect(foreignLinks(undefined, ['wiki.example']).isTrusted('https://wiki.example/')).toBe(true);
  });

  it.each([
    ['wiki.example', ['https://wiki.example/'], ['https://x.wiki.example/', 'https://wiki.example.evil/']],
    ['*.wiki.example', ['https://x.wiki.example/'], ['https://wiki.example/', 'https://evilwiki.example/']],
  ])('%s allows what it says', (pattern, allowed, others) => {
    const { isTrusted } = foreignLinks(undefined, [pattern]);
    expect([allowed.every(isTrusted), others.some(isTrusted)]).toEqual([true, false]);
  });

  it.each(['https://wiki.example', '*', 'a b', '*.', 'wiki.example/x'])('the settings refuse %j', (host) => {
    expect(alertsSchema.safeParse({ linkHosts: [host] }).success).toBe(false);
  });
});
