import { stringify } from 'yaml';
import { type AlertmanagerServer, startAlertmanager } from '../../../dev/stack/index.ts';

/** Labels that say which way Alertmanager tells of an alert; without any it does so by itself, again and again. */
export const Way = {
  /** Alertmanager has the alert, and tells no receiver: the test delivers it. */
  ByHand: { way: 'by-hand' },
  /** With all of its name in one notification, once. */
  Grouped: { way: 'grouped' },
} as const;

export interface InstallationAlertmanagerOptions {
  readonly binary: { readonly path: string };
  readonly dataDir: string;
  /** Of Mendloop. */
  readonly webhookUrl: string;
}

/** Tells Mendloop of each alert at once, and repeats that every second for as long as it fires. */
export async function startInstallationAlertmanager(
  options: InstallationAlertmanagerOptions,
): Promise<AlertmanagerServer> {
  const { binary, dataDir, webhookUrl } = options;
  const often = { group_wait: '0s', group_interval: '1s', repeat_interval: '1s' };
  return await startAlertmanager({
    binary,
    dataDir,
    config: stringify({
      route: {
        ...{ receiver: 'mendloop', group_by: ['...'] },
        ...often,
        routes: [
          { receiver: 'nobody', matchers: ['alertname="RemediationFailed"'] },
          { receiver: 'nobody', matchers: [`way="${Way.ByHand.way}"`] },
          {
            ...{ receiver: 'mendloop', matchers: [`way="${Way.Grouped.way}"`] },
            ...{ group_by: ['alertname'], repeat_interval: '1h' },
          },
        ],
      },
      receivers: [
        { name: 'mendloop', webhook_configs: [{ url: webhookUrl, send_resolved: true }] },
        { name: 'nobody' },
      ],
    }),
  });
}
