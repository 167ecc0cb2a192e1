import { z } from 'zod';
import { type Endpoint, endpointSchema } from './endpoint.ts';

const senderSchema = z.discriminatedUnion('source', [
  /** The Alertmanager of these settings, by the alert's fingerprint; never an address out of a message. */
  z.strictObject({ source: z.literal('alertmanager') }),
  /** The series `ALERTS` of the Prometheus of these settings. */
  z.strictObject({ source: z.literal('prometheus') }),
  /** The alert is believed unasked. The reason is in the record of every remediation. */
  z.strictObject({ source: z.literal('none'), reason: z.string().min(1).max(300) }),
]);
export type SenderSettings = z.infer<typeof senderSchema>;

const confirmSchema = z.strictObject({
  /** Who knows whether an alert fires. Absent: Alertmanager where there is one to ask, else Prometheus. */
  default: senderSchema.optional(),
  /** The same for single senders, by the name of the webhook's receiver. */
  senders: z.record(z.string().min(1).max(200), senderSchema).default({}),
  /** The Alertmanager that is asked. Absent: that of `notifications.holdPages`. */
  alertmanager: endpointSchema.optional(),
  /**
   * Labels that Prometheus adds on the way to Alertmanager (`external_labels`, `alert_relabel_configs`): the only ones
   * that an alert may have beyond those of its series in `ALERTS`. Absent: any.
   */
  externalLabels: z.array(z.string().min(1).max(200)).max(100).optional(),
});
export type ConfirmSettings = z.infer<typeof confirmSchema>;

/** What has to be so before an alert is acted on. */
export const alertsSchema = z.strictObject({
  confirm: confirmSchema.prefault({}),
  /**
   * Hosts that links which alerts bring (`runbook_url` and others) may lead to: `runbooks.example.com`, `*.example.com`. Any
   * other is shown as text: the sender of an alert writes them, and they stand beside links to approve.
   */
  linkHosts: z
    .array(z.string().regex(/^(?:\*\.)?[\w-]+(?:\.[\w-]+)*$/, 'must be the name of a host, or *. and a domain'))
    .max(100)
    .default([]),
});

/** The settings that say who is asked whether alerts fire. */
export interface AlertsAndPages {
  readonly alerts: Pick<z.infer<typeof alertsSchema>, 'confirm'>;
  readonly notifications: { readonly holdPages?: { readonly endpoint: Endpoint } | undefined };
}

/** The Alertmanager that is asked whether alerts fire; undefined where there is none. */
export function confirmingAlertmanager({ alerts, notifications }: AlertsAndPages): Endpoint | undefined {
  return alerts.confirm.alertmanager ?? notifications.holdPages?.endpoint;
}

/** What is wrong with the settings as a whole, by the path of the key: an Alertmanager that is to be asked, and unknown. */
export function missingAlertmanager(settings: AlertsAndPages): string[][] {
  if (confirmingAlertmanager(settings) !== undefined) return [];
  const { confirm } = settings.alerts;
  const senders = Object.entries(confirm.senders).map(([name, sender]) => ({ path: ['senders', name], sender }));
  return [{ path: ['default'], sender: confirm.default }, ...senders]
    .filter(({ sender }) => sender?.source === 'alertmanager')
    .map(({ path }) => ['alerts', 'confirm', ...path, 'source']);
}
