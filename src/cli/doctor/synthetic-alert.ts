import { createHash, randomUUID } from 'node:crypto';
import { request } from 'undici';
import { z } from 'zod';
import { resolveSecret } from '../../config/secret.ts';
import type { Alert } from '../../domain/alert/alert.ts';
import { alertIdentity, remediationId } from '../../domain/alert/remediation-id.ts';
import { SYNTHETIC_ALERT } from '../../domain/alert/synthetic.ts';
import { Outcome } from '../../domain/remediation/outcome.ts';
import type { RemediationResult } from '../../domain/remediation/remediation.ts';
import { failed, ok, skipped, type Verdict } from './check.ts';
import type { World } from './world.ts';

const takenSchema = z.looseObject({ started: z.number(), unhandled: z.number() });

/**
 * Sends an alert that no other installation will ever have, which the policy that comes with Mendloop only observes; follows
 * its remediation to its end; and says that the alert is over, so that it is not entered again.
 */
export async function followSyntheticAlert(world: World, signal: AbortSignal): Promise<Verdict> {
  const alert = syntheticAlert(world.namespaces[0] ?? 'default');
  const { status, text } = await send(world, alert, signal);
  if (status === 401 || status === 403) return failed(`the webhook refuses the token of api.webhookToken (${status})`);
  const taken = takenSchema.safeParse(jsonOf(text));
  if (status !== 200 || !taken.success) return failed(`the webhook answers ${status}`);
  if (taken.data.unhandled > 0) {
    return skipped(`taken and counted; this policy has no rule for ${SYNTHETIC_ALERT}, so that nothing was started`);
  }
  try {
    return await followed(world, alert);
  } finally {
    const resolved = { ...alert, status: 'resolved', endsAt: new Date().toISOString() } as const;
    await send(world, resolved, AbortSignal.timeout(5000)).catch(() => undefined);
  }
}

async function followed(world: World, alert: Alert): Promise<Verdict> {
  const link = await world.temporal().catch(() => undefined);
  if (link === undefined) return ok('its remediation is started; how it ends cannot be seen without Temporal');
  const workflowId = remediationId({ ...alertIdentity(world.config.kubernetes.cluster, alert), n: 1 });
  const result = (await link.client.workflow.getHandle(workflowId).result()) as RemediationResult;
  const { outcome, summary } = result;
  return outcome === Outcome.Observed
    ? ok(summary)
    : failed(`ended as ${outcome}, not ${Outcome.Observed}: ${summary}`);
}

function syntheticAlert(namespace: string): Alert {
  const labels = {
    ...{ alertname: SYNTHETIC_ALERT, severity: 'none', namespace, deployment: 'mendloop-doctor' },
    run: randomUUID(),
  };
  return {
    ...{ status: 'firing', labels, generatorURL: '' },
    annotations: { summary: 'mendloop doctor tries the way of an alert; nothing is wrong' },
    startsAt: new Date().toISOString(),
    fingerprint: createHash('sha256').update(JSON.stringify(labels)).digest('hex').slice(0, 16),
  };
}

async function send(world: World, alert: Alert, signal: AbortSignal): Promise<{ status: number; text: string }> {
  const { webhookToken } = world.config.api;
  const { status, labels, annotations } = alert;
  const { statusCode, body } = await request(`${world.api}/webhooks/alertmanager`, {
    method: 'POST',
    signal,
    headers: {
      'content-type': 'application/json',
      ...(webhookToken === undefined ? {} : { authorization: `Bearer ${resolveSecret(webhookToken)}` }),
    },
    body: JSON.stringify({
      ...{ version: '4', receiver: 'mendloop-doctor', status, alerts: [alert], groupLabels: labels },
      ...{ commonLabels: labels, commonAnnotations: annotations, externalURL: '', groupKey: `{}:${labels['run']}` },
    }),
  });
  return { status: statusCode, text: await body.text() };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
