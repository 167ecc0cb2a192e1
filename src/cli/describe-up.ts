import { stringify } from 'yaml';
import { commandName } from './command-name.ts';
import { describeCommands } from './describe-commands.ts';
import type { Config } from '../config/schema.ts';

export interface Addresses {
  /** With the token of this start, where the settings name no users. */
  readonly console: string;
  readonly webhook: string;
  readonly metrics: string;
  readonly webUi: string | undefined;
  readonly temporal: string;
  readonly kubeconfig: string | undefined;
  readonly policyRevision: string;
  /** The settings that it runs by; undefined: the default ones. */
  readonly settingsFile: string | undefined;
}

/** What `mendloop up` prints: where everything is, and the receiver to paste into Alertmanager's configuration. */
export function describeUp(addresses: Addresses, config: Config): string {
  const rows: [string, string | undefined][] = [
    ['console', addresses.console],
    ['webhook', addresses.webhook],
    ['Temporal Web UI', addresses.webUi],
    ['metrics', addresses.metrics],
    ['Temporal', addresses.temporal],
    ['Prometheus', config.prometheus.url],
    ['kubeconfig', addresses.kubeconfig ?? config.kubernetes.kubeconfig ?? 'the current one'],
    ['policy revision', addresses.policyRevision],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return [
    'Mendloop is up. Ctrl-C stops it; open remediations go on where they were at the next start.',
    '',
    ...rows.flatMap(([name, value]) => (value === undefined ? [] : [`  ${name.padEnd(width)}  ${value}`])),
    '',
    'From another terminal:',
    '',
    ...describeCommands({ ...addresses, command: commandName() }).map((line) => `  ${line}`),
    '',
    "Paste into Alertmanager's configuration, and send the alerts you want healed to this receiver:",
    '',
    receiver(addresses.webhook, config).trimEnd().replace(/^/gm, '  '),
    '',
  ].join('\n');
}

function receiver(webhook: string, { api }: Config): string {
  const token = api.webhookToken;
  const credentials =
    token === undefined
      ? {}
      : {
          http_config: {
            authorization: {
              type: 'Bearer',
              credentials_file: 'file' in token ? token.file : `/path/to/a/file/with/the/value/of/${token.env}`,
            },
          },
        };
  return stringify({
    receivers: [
      { name: 'mendloop', webhook_configs: [{ url: webhook, send_resolved: true, max_alerts: 0, ...credentials }] },
    ],
    route: { routes: [{ receiver: 'mendloop', matchers: ['severity="critical"'], group_wait: '0s', continue: true }] },
  });
}
