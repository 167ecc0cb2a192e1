import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Incident } from '../support/installation/incidents.ts';
import { type Installation, startInstallation } from '../support/installation/installation.ts';

let installation: Installation;

beforeAll(async () => {
  installation = await startInstallation();
  await Promise.all([installation.startApi(), installation.startWorker()]);
});

afterAll(async () => {
  await (installation as Installation | undefined)?.stop();
});

describe('an alert that Alertmanager sends', () => {
  it('heals: decided, scaled, proven from Prometheus, and ended when it resolves', async () => {
    const incident = await Incident.prepare(installation);
    await incident.send();
    await expect.poll(() => incident.replicas('wanted'), { timeout: 30_000 }).toBe(5);
    incident.recover();
    await incident.untilStep('watching');
    await incident.send('resolved');
    expect(await incident.outcome()).toMatchObject({
      outcome: 'remediated',
      decision: { rule: 'slow', policyRevision: 'e2e' },
      scale: { changed: true, before: 2, after: 5 },
      verification: { verdict: 'good' },
      alertResolved: true,
    });
    expect(await incident.replicas('wanted')).toBe(5);
    expect(await incident.changes()).toBe(1);
  });

  it('is one remediation, however often it is delivered', async () => {
    const incident = await Incident.prepare(installation);
    await incident.send();
    await incident.untilStep('verifying');
    // Alertmanager repeats it every second; one more sender does what a second replica of it would do.
    await Promise.all(Array.from({ length: 10 }, () => incident.send()));
    incident.recover();
    await incident.untilStep('watching');
    expect(await incident.remediations()).toHaveLength(1);
    await incident.send('resolved');
    await incident.outcome();
    expect(await incident.changes()).toBe(1);
  });

  it('is rolled back, and the on-call called, when the signal does not get better', async () => {
    const incident = await Incident.prepare(installation);
    await incident.send();
    const end = await incident.outcome();
    expect(end).toMatchObject({ outcome: 'rolled_back', notified: ['on-call'] });
    expect(await incident.replicas('wanted')).toBe(2);
    const response = await fetch(
      `${installation.alertmanager.url}/api/v2/alerts?filter=${encodeURIComponent('alertname="RemediationFailed"')}`,
    );
    const raised = (await response.json()) as { labels: Record<string, string> }[];
    expect(raised.map(({ labels }) => labels['deployment'])).toContain(incident.name);
    await incident.send('resolved');
  });

  it('leaves a human alone who scales in the middle, and escalates with both values', async () => {
    const incident = await Incident.prepare(installation);
    await incident.send();
    await incident.untilStep('verifying');
    await installation.cluster.human.patch(
      `/apis/apps/v1/namespaces/${incident.namespace}/deployments/${incident.name}`,
      { spec: { replicas: 7 } },
    );
    const end = await incident.outcome();
    expect(end.outcome).toBe('escalated');
    expect(end.summary).toMatch(/set 5.*kubectl.*7/);
    expect(await incident.replicas('wanted')).toBe(7);
    await incident.send('resolved');
  });

  it('has a clear end when the Deployment is deleted in the middle', async () => {
    const incident = await Incident.prepare(installation);
    await incident.send();
    await incident.untilStep('verifying');
    await installation.cluster.human.remove(
      `/apis/apps/v1/namespaces/${incident.namespace}/deployments/${incident.name}`,
    );
    const end = await incident.outcome();
    expect(end).toMatchObject({ outcome: 'escalated', compensation: { status: 'gone' } });
    await incident.send('resolved');
  });
});
