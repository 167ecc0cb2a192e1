import { Outcome } from '../../src/domain/remediation/outcome.ts';
import { alertIdentity, remediationId } from '../../src/domain/alert/remediation-id.ts';
import type { Alert } from '../../src/domain/alert/alert.ts';
import type { RemediationResult } from '../../src/contract/remediation.ts';
import { benchAlert, post, webhookBody } from '../world/alerts.ts';
import type { World } from '../world/world.ts';
import type { Contestant } from './contestant.ts';

/** The whole of Mendloop, from Alertmanager's request: durable, decided, inspected, measured, within budget, scaled. */
export function mendloop({ webhookUrl, temporal, config }: World): Contestant {
  const alerts = new Map<string, Alert>();
  return {
    name: 'mendloop',
    begin: async ({ key, target: { namespace, name } }) => {
      const alert = benchAlert({ alertname: 'BenchSaturation', namespace, deployment: name });
      alerts.set(key, alert);
      await post(webhookUrl, webhookBody([alert]));
    },
    finish: async ({ key }) => {
      const alert = alerts.get(key);
      if (alert === undefined) throw new Error(`no alert was sent for ${key}`);
      // The alert is over, so that the remediation ends with its proof instead of watching on.
      await post(webhookUrl, webhookBody([alert], 'resolved'));
      const id = remediationId({ ...alertIdentity(config.kubernetes.cluster, alert), n: 1 });
      const handle = temporal.client.workflow.getHandle(id);
      const { outcome, summary } = (await handle.result()) as RemediationResult;
      if (outcome !== Outcome.Remediated) throw new Error(`${key} ended as ${outcome}: ${summary}`);
    },
  };
}
