import { TypedSearchAttributes } from '@temporalio/common';
import type { WorkflowInfo } from '@temporalio/workflow';
import { describe, expect, it } from 'vitest';
import { createPolicyActivities } from '../../../src/activities/policy.ts';
import type { Alert } from '../../../src/domain/alert/alert.ts';
import { MendloopError } from '../../../src/domain/failures.ts';
import type { Metrics } from '../../../src/telemetry/metrics.ts';
import { telemetrySinks } from '../../../src/workers/telemetry-sinks.ts';
import { aPlan } from '../../support/plans.ts';
import { aWebhook, startApi, wireAlert } from '../api/api-harness.ts';

const ALERTS = 10_000;
const GROUP = 500;

/** What a storm of ever new alerts may come to. Two hundred rules by verdict are most of it. */
const MOST_SERIES = 1_200;

let serial = 0;

/** Nothing of it is like in any other: name, labels, target, start. */
function distinctAlert() {
  serial += 1;
  const labels = {
    alertname: `Alert${serial}`,
    severity: `severity-${serial}`,
    namespace: `namespace-${serial}`,
    service: `service-${serial}`,
    pod: `pod-"${serial}"\n{}`,
  };
  return wireAlert({ labels, startsAt: new Date(Date.now() - serial * 10).toISOString() });
}

async function seriesOf(metrics: Metrics): Promise<string[]> {
  const { body } = await metrics.scrape();
  return body.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

/** Policy that names a rule of its own for every alert, and fails on some. */
function decideFor(metrics: Metrics) {
  const { decide } = createPolicyActivities({
    cluster: 'default',
    metrics,
    policy: {
      decide: ({ alert }: { alert: Alert }) => {
        const name = alert.labels['alertname'] ?? '';
        if (name.endsWith('7')) throw new MendloopError('PolicyAnswerInvalid', `no answer for ${name}`);
        const rule = `rule_for_${name}`;
        return Promise.resolve({ verdict: 'plan', rule, plan: aPlan(), mode: 'auto', policyRevision: 'test' });
      },
    },
  });
  return decide;
}

/** What the workflow of an alert reports in the end, action and all named after the alert. */
function endedOf(metrics: Metrics) {
  const { telemetry } = telemetrySinks(metrics);
  const info = { typedSearchAttributes: new TypedSearchAttributes() } as WorkflowInfo;
  return (alert: Alert, index: number) => {
    const traceId = index.toString(16).padStart(32, '0');
    void telemetry.milestoneReached.fn(info, { milestone: 'decided', seconds: index / 100, traceId });
    void telemetry.remediationEnded.fn(info, {
      action: `action for ${alert.labels['alertname'] ?? ''}`,
      outcome: index % 2 === 0 ? 'remediated' : 'rolled_back',
      seconds: index / 10,
    });
    const target = { namespace: alert.labels['namespace'] ?? '', kind: 'Pod', name: `target-${alert.fingerprint}` };
    metrics.effect({ action: `effect for ${alert.fingerprint}`, result: 'changed', target });
    metrics.notified({ channelType: `type of ${alert.fingerprint}`, result: 'delivered' });
    metrics.budgetStates([
      {
        budget: alert.fingerprint,
        scope: alert.labels['namespace'] ?? '',
        currency: 'USD',
        daily: 1,
        reserved: 0,
        spent: 0,
      },
    ]);
  };
}

describe('metrics', () => {
  it(`keep a bounded number of series through ${ALERTS} distinct alerts`, { timeout: 120_000 }, async () => {
    const api = await startApi();
    const decide = decideFor(api.metrics);
    const ended = endedOf(api.metrics);
    const counts: number[] = [];
    for (let sent = 0; sent < ALERTS; sent += GROUP) {
      const response = await api.post(aWebhook(Array.from({ length: GROUP }, distinctAlert)));
      expect(response.status).toBe(200);
      counts.push((await seriesOf(api.metrics)).length);
    }
    expect(api.starter.started.size).toBe(ALERTS);

    const alerts = [...api.starter.started.values()];
    for (const [index, alert] of alerts.entries()) {
      await decide({ alert }).catch(() => undefined);
      ended(alert, index);
      if (index % GROUP === GROUP - 1) counts.push((await seriesOf(api.metrics)).length);
    }
    expect(Math.max(...counts)).toBeLessThan(MOST_SERIES);
    // Full: the second half of the alerts has added nothing.
    expect(counts.at(-1)).toBe(counts.at(-10));

    const series = await seriesOf(api.metrics);
    expect(series).toContainEqual(expect.stringMatching(/^mendloop_alerts_total\{result="started"\} 10000$/));
    expect(series).toContainEqual(
      expect.stringMatching(/^mendloop_decisions_total\{rule="other",verdict="plan"\} 88\d\d$/),
    );
    expect(series).toContainEqual(
      expect.stringMatching(/^mendloop_remediations_total\{action="other",outcome="remediated",mode="none"\} 5000$/),
    );
    // No label holds what an alert says of itself.
    const text = series.join('\n');
    for (const word of ['severity-', 'pod-', 'service-', 'Alert9999']) expect(text).not.toContain(word);
  });
});
