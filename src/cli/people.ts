import type { Client } from '@temporalio/client';
import type { PeopleParts } from '../api/create-api.ts';
import { withWindows } from '../api/guards/with-windows.ts';
import { temporalRemediations } from '../api/remediations/temporal-remediations.ts';
import { createOrderSigner } from '../clients/orders/order-signer.ts';
import type { Config } from '../config/schema.ts';
import { createCalendar } from '../domain/windows/calendar.ts';
import { resolveSecret } from '../config/secret.ts';
import type { Store } from '../store/store.ts';

export interface PeopleSources {
  readonly config: Config;
  readonly client: Client;
  readonly store: Pick<Store, 'guards' | 'unhandled'>;
}

/** What people see and do over HTTP, with the users of the settings. */
export function peopleParts({ config, client, store }: PeopleSources): PeopleParts {
  const { users, linkSecret } = config.api;
  return {
    remediations: remediationsOf(config, client),
    guards: withWindows(store.guards, createCalendar(config.windows)),
    unhandled: store.unhandled,
    users: users.map(({ name, roles, token }) => ({ name, roles, token: () => resolveSecret(token) })),
    ...(linkSecret === undefined ? {} : { linkSecret: () => resolveSecret(linkSecret) }),
  };
}

/** The remediations of a namespace of Temporal. */
export function remediationsOf(config: Config, client: Client) {
  const { cluster } = config.kubernetes;
  const { linkHosts } = config.alerts;
  const sign = createOrderSigner(config.orders);
  return temporalRemediations({
    client,
    sign,
    cluster,
    webUiUrl: config.temporal.webUiUrl,
    traceUrl: config.traces.url,
    linkHosts,
  });
}
