import {
  HIDDEN,
  type LoadedConfig,
  type WebhookReceiver,
} from '../../clients/notifications/alertmanager/loaded-config.ts';

export interface MendloopReceiver {
  readonly name: string;
  readonly webhooks: readonly WebhookReceiver[];
}

const PATH = /\/webhooks\/alertmanager\/?$/;

/**
 * The receivers that stand for Mendloop: the one that is named, else those with its webhook's path. Newer Alertmanagers
 * hide the URLs of webhooks: there a receiver counts that has one and is called after Mendloop.
 */
export function mendloopReceivers({ receivers }: LoadedConfig, named?: string): MendloopReceiver[] {
  return receivers.flatMap(({ name, webhook_configs }) => {
    const webhooks = (webhook_configs ?? []).filter(({ url }) => named === name || isOurs(url, name));
    return webhooks.length > 0 && (named === undefined || named === name) ? [{ name, webhooks }] : [];
  });
}

function isOurs(url: string | undefined, name: string): boolean {
  return url === undefined || url === HIDDEN ? /mendloop/i.test(name) : PATH.test(url);
}

/** An alert by what routes look at, for people. */
export function tellAlert(labels: Readonly<Record<string, string>>): string {
  const { alertname = 'an alert without a name', severity, namespace } = labels;
  const more = Object.entries({ severity, namespace }).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${value}`],
  );
  return more.length === 0 ? alertname : `${alertname} (${more.join(', ')})`;
}
