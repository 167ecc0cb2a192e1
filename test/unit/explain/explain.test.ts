import { describe, expect, it } from 'vitest';
import { explainAlert } from '../../../src/cli/explain/explain-alert.ts';
import { formatExplanation } from '../../../src/cli/explain/format-explanation.ts';
import { readAlerts } from '../../../src/cli/explain/read-alerts.ts';
import type { PolicyEngine } from '../../../src/clients/policy/policy-engine.ts';
import { type Decision, policyAnswerSchema } from '../../../src/domain/decision.ts';
import { anAlert } from '../../support/alerts.ts';
import { aDecision, aPlan } from '../../support/plans.ts';

const engine = (decision: Decision): PolicyEngine => ({ revision: 'r1', decide: () => Promise.resolve(decision) });
const alert = anAlert({ labels: { alertname: 'Sale', severity: 'critical' } });

const explained = async (decision: Decision) =>
  formatExplanation(await explainAlert(alert, { policy: engine(decision), cluster: 'default' }));
const line = (text: string, heading: string) =>
  text
    .split('\n')
    .find((row) => row.startsWith(heading))
    ?.slice(heading.length)
    .trim();

describe('the alerts of a file', () => {
  it('may be a webhook payload', async () => {
    const payload = {
      version: '4',
      receiver: 'mendloop',
      status: 'firing',
      alerts: [alert, { ...alert, status: 'resolved' }],
      groupLabels: {},
      commonLabels: {},
      commonAnnotations: {},
      externalURL: '',
      groupKey: '',
    };
    expect((await readAlerts(JSON.stringify(payload))).map(({ status }) => status)).toEqual(['firing', 'resolved']);
  });

  it('may be one alert, with its labels alone', async () => {
    const [one] = await readAlerts('{"labels": {"alertname": "Sale"}}');
    expect(one).toMatchObject({
      status: 'firing',
      labels: { alertname: 'Sale' },
      annotations: {},
      fingerprint: '0000000000000000',
    });
  });

  it('may be a list out of the API of Alertmanager', async () => {
    const list = [
      { labels: { alertname: 'A' }, status: { state: 'active', silencedBy: [] } },
      { labels: { alertname: 'B' } },
    ];
    expect((await readAlerts(JSON.stringify(list))).map(({ labels }) => labels['alertname'])).toEqual(['A', 'B']);
  });

  it('are redacted, as the webhook does it', async () => {
    const [one] = await readAlerts('{"labels": {"alertname": "Sale"}, "annotations": {"summary": "password=hunter2"}}');
    expect(JSON.stringify(one)).not.toContain('hunter2');
  });

  it.each([
    ['{', 'this is not JSON'],
    ['[]', 'there is no alert in it'],
    ['3', 'alerts.0: '],
    ['{"labels": 3}', 'alerts.0.labels: '],
    ['{"labels": {}, "fingerprint": "x"}', 'alerts.0.fingerprint: '],
    ['{"alerts": []}', 'version: '],
  ])('%s is refused', async (text, message) => {
    await expect(readAlerts(text)).rejects.toThrow(message);
  });
});

describe('an explanation', () => {
  it('of a plan names rule, revision, mode, change, undo and proof', async () => {
    const text = await explained(aDecision());
    expect(line(text, 'Alert')).toBe('Sale{severity="critical"}');
    expect(line(text, 'Decision')).toBe('plan, in mode auto (policy)');
    expect(line(text, 'Rule')).toBe('order_service_cpu_throttling, policy test');
    expect(line(text, 'Action')).toBe('scale Deployment production/order-service of cluster default, to 5 replicas');
    expect(line(text, 'Proof')).toBe('p95 latency <= 0.2 s');
    expect(line(text, 'Budget')).toBe('default, for 4 h; cost unknown: escalate');
    expect(text).toContain('rate(http_request_duration_seconds_bucket{service="order-service"}[5s])');
    expect(text).not.toContain('Guards now');
    expect(text).not.toMatch(/^(Evidence|Approval|Lease|Neighbours|Runbook)/m);
  });

  it('of a plan whose mode a flag lowers to approve says who would be asked, as the workflow would', async () => {
    const flags = { resolveMode: () => Promise.resolve({ mode: 'approve', source: 'flag mendloop-mode' } as const) };
    const parts = { policy: engine(aDecision()), cluster: 'default', flags };
    const text = formatExplanation(await explainAlert(alert, parts));
    expect(line(text, 'Decision')).toBe('plan, in mode approve (flag mendloop-mode)');
    expect(line(text, 'Approval')).toBe('1 of any approver within 1800 s, else escalate');
  });

  it('of a plan with every clause shows each', async () => {
    const query = { expr: 'up{job=$job}', vars: { job: 'x' } };
    const plan = aPlan({
      budget: { whenUnknown: { allowUpTo: 3 } },
      evidence: {
        threshold: 0.7,
        signals: [
          { name: 'traffic', source: { kind: 'prometheus', query }, weight: 2 },
          { name: 'traces', source: { kind: 'jaeger', service: 'shop', measure: 'error_ratio' } },
        ],
      },
      approval: { quorum: 2, roles: ['sre'], reason: 'it is the till' },
      lease: { load: { name: 'requests', query } },
      verification: {
        ...aPlan().verification,
        neighbours: [{ name: 'stock', query, tolerance: 0.25, better: 'higher' }],
      },
      runbookUrl: 'https://runbooks.example.com/sale',
    });
    const text = await explained(aDecision(plan, 'observe'));
    expect(line(text, 'Decision')).toBe('observe: this is what would be done; nothing is');
    expect(line(text, 'Evidence')).toContain('at least 0.7');
    expect(text).toContain('traffic (prometheus) higher than usual, from 2 deviations, fully at 6, weight 2');
    expect(text).toContain('error_ratio of shop');
    expect(line(text, 'Approval')).toBe('2 of sre within 1800 s, else escalate');
    expect(text).toContain('it is the till');
    expect(line(text, 'Budget')).toContain('allow up to 3');
    expect(line(text, 'Lease')).toContain('requests leaves 30 % to spare');
    expect(line(text, 'Neighbours')).toContain('stock: at most 25 %');
    expect(line(text, 'Runbook')).toBe('https://runbooks.example.com/sale');
  });

  it.each([
    [
      { verdict: 'human', rule: 'r', reason: 'read first', runbookUrl: 'https://runbooks.example.com/r' },
      'human: whoever is on call is told',
    ],
    [
      { verdict: 'reject', rule: '', reason: 'no rule handles this alert' },
      'reject: nothing is done, and nobody is told',
    ],
  ])('of no plan says why: %j', async (answer, verdict) => {
    const text = await explained({ ...policyAnswerSchema.parse(answer), policyRevision: 'r1' });
    expect(line(text, 'Decision')).toBe(verdict);
    expect(line(text, 'Reason')).toBe(answer.reason);
    expect(line(text, 'Rule')).toBe(`${answer.rule || 'none'}, policy r1`);
    expect(line(text, 'Runbook')).toBe('runbookUrl' in answer ? answer.runbookUrl : undefined);
  });

  it('has the mode that the flags leave, and what the guards would say, where they are asked', async () => {
    const explanation = await explainAlert(alert, {
      policy: engine(aDecision()),
      cluster: 'default',
      flags: { resolveMode: () => Promise.resolve({ mode: 'observe', source: 'flag' }) },
      askGuards: ({ decision }) =>
        Promise.resolve([
          { guard: 'target', answer: 'pass', text: `free for ${decision.rule}` },
          { guard: 'admission', answer: 'stop', text: 'All changes are paused' },
        ]),
    });
    const text = formatExplanation(explanation);
    expect(line(text, 'Decision')).toBe('plan, in mode observe (flag)');
    expect(line(text, 'Guards now')).toBe('target lets it pass: free for order_service_cpu_throttling');
    expect(text).toContain('admission stops it: All changes are paused');
  });

  it('shows labels as data: on one line, without what drives a terminal', () => {
    const labels = { alertname: 'A\u001b[31m\nB', long: 'x'.repeat(100_000), rtl: '\u202egnp' };
    const text = formatExplanation({ alert: anAlert({ labels }), decision: aDecision() });
    expect(text.split('\n')[0]).toMatch(/^Alert +A\\u\{1b\}\[31m B\{/);
    expect(text.split('\n')[0]?.length).toBeLessThan(1200);
    for (const hidden of ['\u001b', '\u202e']) expect(text).not.toContain(hidden);
  });
});
