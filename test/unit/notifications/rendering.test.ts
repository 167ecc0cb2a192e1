import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { renderFailureAlert } from '../../../src/domain/notice/failure-alert.ts';
import { renderNoticeBody } from '../../../src/domain/notice/notice-body.ts';
import { urgencyOf } from '../../../src/domain/notice/notification.ts';
import { Outcome } from '../../../src/domain/remediation/outcome.ts';
import { aNotice } from './notices.ts';

// Megabytes of nonsense take their time on a machine that does other things too.
vi.setConfig({ testTimeout: 60_000 });

const time = { startsAt: '2024-01-01T00:00:00.000Z', endsAt: '2024-01-01T01:00:00.000Z' };

describe('renderFailureAlert', () => {
  it('keeps the labels that route, and tells the on-call what to do', () => {
    expect(renderFailureAlert(aNotice(), time)).toEqual({
      labels: {
        alertname: 'RemediationFailed',
        remediated_alertname: 'OrderServiceCPUThrottling',
        severity: 'critical',
        service: 'order-service',
        team: 'shop',
        mendloop_outcome: 'escalated',
        mendloop_remediation: 'remediation/default/OrderServiceCPUThrottling/0123456789abcdef/1',
      },
      annotations: {
        summary:
          'OrderServiceCPUThrottling: remediation escalated. VerificationFailed: p95 latency 0.9 s is not <= 0.2 s; undo it by hand',
        description: [
          'Undo by hand: kubectl -n production scale deployment order-service --replicas=2',
          'Target: default/production/Deployment/order-service',
          'Replicas: 2 -> 5',
          'p95 latency: 1.94 -> unknown s',
          '2023-11-14T22:13:21.000Z Scaled 2 -> 5; waiting until ready',
        ].join('\n'),
        runbook_url: 'https://runbooks.example/throttling',
        remediation_id: 'remediation/default/OrderServiceCPUThrottling/0123456789abcdef/1',
        manual_command: 'kubectl -n production scale deployment order-service --replicas=2',
      },
      ...time,
      generatorURL: 'http://temporal.example/namespaces/default/workflows/remediation%2Fa',
    });
  });

  it('tells what was done in words where no number was moved, and what the undo found', () => {
    const { moved: _, ...rest } = aNotice();
    const notice = { ...rest, effect: 'Evicted 12 Pods', undo: 'Left alone: kubectl has changed it since' };
    expect(renderFailureAlert(notice, time).annotations['description']?.split('\n').slice(1, 5)).toEqual([
      'Target: default/production/Deployment/order-service',
      'Done: Evicted 12 Pods',
      'Undo: Left alone: kubectl has changed it since',
      'p95 latency: 1.94 -> unknown s',
    ]);
  });

  it('leaves out what is not known', () => {
    const { kind, remediationId, summary } = aNotice();
    const alert = { labels: {}, annotations: {}, startsAt: time.startsAt };
    const rendered = renderFailureAlert({ kind, remediationId, summary, alert, details: [] }, time);
    expect(rendered.labels).toMatchObject({ alertname: 'RemediationFailed', remediated_alertname: 'unnamed' });
    expect(Object.keys(rendered.annotations)).toEqual(['summary', 'description', 'remediation_id']);
    expect(rendered).not.toHaveProperty('generatorURL');
  });

  it("prefers the plan's runbook", () => {
    const rendered = renderFailureAlert(aNotice({ runbookUrl: 'https://runbooks.example/plan' }), time);
    expect(rendered.annotations['runbook_url']).toBe('https://runbooks.example/plan');
  });
});

describe('renderNoticeBody', () => {
  it('has the shape of mendloop.dev/v1', () => {
    const { kind, alert, linkHosts: _, ...rest } = aNotice();
    expect(renderNoticeBody(aNotice())).toEqual({
      apiVersion: 'mendloop.dev/v1',
      kind: 'RemediationNotice',
      outcome: kind,
      failure: true,
      ...rest,
      runbookUrl: 'https://runbooks.example/throttling',
      alert: { name: 'OrderServiceCPUThrottling', severity: 'critical', ...alert },
    });
  });

  it.each([
    ['remediated', false],
    ['rolled_back', true],
    ['denied', true],
  ] as const)('says whether %s is a failure: %s', (kind, failure) => {
    expect(renderNoticeBody(aNotice({ kind }))).toMatchObject({ outcome: kind, failure });
  });
});

describe('whatever an alert holds', () => {
  const render = (notice: ReturnType<typeof aNotice>) =>
    JSON.stringify([renderNoticeBody(notice), renderFailureAlert(notice, time)]);

  it('no secret leaves', () => {
    const url = 'https://user:hunter2@runbooks.example/x';
    const { alert } = aNotice();
    const text = render(
      aNotice({
        summary: 'failed with password=hunter2',
        effect: 'set password=hunter2',
        undo: 'put back password=hunter2',
        moved: { name: 'password=hunter2', before: 1, after: 2, unit: 'password=hunter2' },
        details: ['Authorization: Bearer hunter2hunter2'],
        manualCommand: 'curl -H "Authorization: Bearer hunter2"',
        runbookUrl: url,
        webUiUrl: url,
        alert: { ...alert, labels: { ...alert.labels, db_password: 'hunter2' }, annotations: { link: url } },
      }),
    );
    expect(text).not.toContain('hunter2');
    expect(text).toContain('"team":"shop"');
  });

  it('the message is bounded, and cut where people see it', () => {
    const huge = '😀'.repeat(50_000);
    const many = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`label_${i}`, huge.slice(0, 5000)]));
    const notice = aNotice({
      summary: huge,
      details: Array.from({ length: 500 }, (_, i) => `line ${i} ${huge}`),
      manualCommand: huge,
      runbookUrl: `https://runbooks.example/${'x'.repeat(5000)}`,
      ...{ target: huge, effect: huge, undo: huge },
      moved: { name: huge, before: 1, after: 2, unit: huge },
      alert: { labels: { ...many, [huge]: 'x' }, annotations: many, startsAt: time.startsAt },
    });
    const body = renderNoticeBody(notice);
    expect(JSON.stringify(body).length).toBeLessThan(200_000);
    expect(JSON.stringify(renderFailureAlert(notice, time)).length).toBeLessThan(200_000);
    expect(body.summary).toHaveLength(500);
    expect(body.summary).toMatch(/…$/);
    expect(body.details[0]).toBe('(451 earlier lines left out)');
    expect(body.details.at(-1)).toMatch(/^line 499 /);
    expect(body).not.toHaveProperty('runbookUrl');
  });

  it('the text is well-formed', () => {
    const wild = fc.string({ unit: 'binary', maxLength: 700 });
    const words = fc.dictionary(wild, wild, { maxKeys: 5 });
    fc.assert(
      fc.property(wild, fc.array(wild), words, words, (summary, details, labels, annotations) => {
        const alert = { labels, annotations, startsAt: time.startsAt };
        expect(render(aNotice({ summary, details, alert, target: summary })).isWellFormed()).toBe(true);
      }),
    );
  });
});

describe('urgencyOf', () => {
  it('asks for a human exactly where the machine did not heal', () => {
    const failures = Object.values(Outcome).filter((kind) => urgencyOf({ kind }) === 'failure');
    expect(failures.sort()).toEqual(['denied', 'escalated', 'expired', 'rolled_back']);
    expect(urgencyOf({ kind: 'rejected' })).toBe('none');
    expect(urgencyOf({ kind: 'remediated' })).toBe('event');
    expect(urgencyOf({ kind: 'approval_requested' })).toBe('question');
    expect(urgencyOf({ kind: 'escalated', resolved: true })).toBe('event');
  });
});
