import { ConfigError } from '../../config/config-error.ts';
import type { Config } from '../../config/schema.ts';
import { isLoopback, isLoopbackUrl } from './loopback.ts';

type Settings = Pick<Config['api'], 'host' | 'publicUrl' | 'webhookToken' | 'insecure'>;

/**
 * Sees at start that the webhook is not open to others: off the loopback, and behind the proxy that a public address
 * speaks of, it needs a token.
 *
 * @throws ConfigError saying what to do.
 */
export function checkDoors(settings: Settings): void {
  if (settings.webhookToken !== undefined || settings.insecure) return;
  const reach = reachOf(settings);
  if (reach === undefined) return;
  const message =
    `is missing: ${reach}, so that others could send alerts. Name a secret that Alertmanager sends as its bearer ` +
    'token, or say api.insecure: true to take alerts from everybody';
  throw new ConfigError('the configuration', [{ key: 'api.webhookToken', message }]);
}

/** Who could reach the webhook; undefined: programs of this machine alone. */
function reachOf({ host, publicUrl }: Settings): string | undefined {
  if (!isLoopback(host)) return `api.host is ${JSON.stringify(host)}, which is no loopback address`;
  if (publicUrl !== undefined && !isLoopbackUrl(publicUrl)) {
    return `api.publicUrl is ${publicUrl}, which speaks of a proxy in front of this listener`;
  }
  return undefined;
}
