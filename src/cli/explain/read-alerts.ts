import { z } from 'zod';
import { HttpProblem } from '../../api/http/http-problem.ts';
import { parseWebhook } from '../../api/webhook/parse-webhook.ts';
import type { Alert } from '../../domain/alert/alert.ts';

const envelope = {
  version: '4',
  receiver: 'explain',
  status: 'firing',
  groupLabels: {},
  commonLabels: {},
  commonAnnotations: {},
  externalURL: '',
  groupKey: '',
};

/**
 * The alerts in a text of JSON: a webhook payload, one alert, or a list of them as `GET /api/v2/alerts` of Alertmanager
 * gives it. They go through the webhook's own checks and its redaction, so that policy sees what it would have seen.
 *
 * @throws Error that names each fault by its path.
 */
export async function readAlerts(text: string): Promise<readonly Alert[]> {
  const json: unknown = parse(text);
  const entries = isWebhook(json) ? undefined : Array.isArray(json) ? json : [json];
  const payload = entries === undefined ? json : { ...envelope, alerts: entries.map(complete) };
  try {
    const { alerts } = await parseWebhook(payload);
    if (alerts.length === 0) throw new Error('there is no alert in it');
    return alerts;
  } catch (error) {
    if (!(error instanceof HttpProblem)) throw error;
    const faults = faultsSchema.parse(error.body['errors']).map(({ path, message }) => `  ${path}: ${message}`);
    throw new Error(['this is no alert and no webhook payload:', ...faults].join('\n'), { cause: error });
  }
}

const faultsSchema = z.array(z.object({ path: z.string(), message: z.string() })).default([]);

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('this is not JSON');
  }
}

function isWebhook(json: unknown): boolean {
  return typeof json === 'object' && json !== null && 'alerts' in json;
}

/** Fills in what a hand-written alert may leave out; of Alertmanager's API, where `status` is an object, it fires. */
function complete(entry: unknown): unknown {
  if (typeof entry !== 'object' || entry === null) return entry;
  const status: unknown = 'status' in entry ? entry.status : undefined;
  return {
    annotations: {},
    startsAt: new Date().toISOString(),
    fingerprint: '0'.repeat(16),
    ...entry,
    status: typeof status === 'string' ? status : 'firing',
  };
}
