import type { Alert } from '../../src/domain/alert/alert.ts';

let serial = 0;

/** A firing alert with an identity of its own. */
export function benchAlert(labels: Readonly<Record<string, string>>): Alert {
  serial += 1;
  return {
    status: 'firing',
    labels: { severity: 'critical', team: 'bench', ...labels },
    annotations: { summary: 'made by the bench', runbook_url: 'http://runbooks.example/bench' },
    startsAt: new Date().toISOString(),
    generatorURL: 'http://prometheus.example/graph',
    fingerprint: serial.toString(16).padStart(16, '0'),
  };
}

/** Alertmanager's notification of a group, as JSON. */
export function webhookBody(alerts: readonly Alert[], status: Alert['status'] = 'firing'): string {
  const endsAt = status === 'firing' ? '0001-01-01T00:00:00Z' : new Date().toISOString();
  return JSON.stringify({
    version: '4',
    receiver: 'mendloop',
    status,
    alerts: alerts.map((alert) => ({ ...alert, status, endsAt })),
    groupLabels: {},
    commonLabels: {},
    commonAnnotations: {},
    externalURL: 'http://alertmanager.example',
    groupKey: '{}:{}',
    truncatedAlerts: 0,
  });
}

/** How often Alertmanager would have repeated a notification before the bench gives up. */
const MOST_REPEATS = 20;

/**
 * Posts a body to a webhook, and again while it is answered with 503, as Alertmanager does, but at once. Returns how
 * often it was repeated. Throws for any other answer than 200.
 */
export async function post(url: string, body: string): Promise<number> {
  for (let repeats = 0; ; repeats += 1) {
    const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    const answer = await response.text();
    if (response.status === 200) return repeats;
    if (response.status !== 503 || repeats === MOST_REPEATS) {
      throw new Error(`the webhook answered ${response.status}: ${answer}`);
    }
  }
}
