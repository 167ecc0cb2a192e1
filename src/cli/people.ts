import type { Client } from '@temporalio/client';
import type { PeopleParts } from '../api/create-api.ts';
import { temporalGuards } from '../api/guards/temporal-guards.ts';
import { temporalRemediations } from '../api/remediations/temporal-remediations.ts';
import type { Config } from '../config/schema.ts';
import { guardTaskQueue } from '../domain/guards/names.ts';
import { resolveSecret } from '../config/secret.ts';

/** What people see and do, on a namespace of Temporal. */
export function remediationsAndGuards(config: Config, client: Client): Pick<PeopleParts, 'remediations' | 'guards'> {
  const { cluster } = config.kubernetes;
  const { taskQueue, webUiUrl } = config.temporal;
  return {
    remediations: temporalRemediations({ client, cluster, webUiUrl, traceUrl: config.traces.url }),
    guards: temporalGuards({ client, cluster, taskQueue: guardTaskQueue(taskQueue) }),
  };
}

/** The same over HTTP, with the users of the settings. */
export function peopleParts(config: Config, client: Client): PeopleParts {
  const { users, linkSecret } = config.api;
  return {
    ...remediationsAndGuards(config, client),
    users: users.map(({ name, roles, token }) => ({ name, roles, token: () => resolveSecret(token) })),
    ...(linkSecret === undefined ? {} : { linkSecret: () => resolveSecret(linkSecret) }),
  };
}
