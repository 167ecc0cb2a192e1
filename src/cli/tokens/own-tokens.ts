import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { ownFile } from '../../clients/keys/own-file.ts';
import type { Config } from '../../config/schema.ts';
import { ALL_ROLES } from '../../domain/decision/roles.ts';

/** Tokens that an installation makes for itself. */
export const OwnToken = {
  /** What Alertmanager sends as its bearer. */
  Webhook: 'webhook',
  /** Of the user `admin`, who has every role. */
  Admin: 'admin',
} as const;
export type OwnToken = (typeof OwnToken)[keyof typeof OwnToken];

/** Where the token is kept in a state folder, for the same user alone. */
export const ownTokenFile = (state: string, token: OwnToken): string => join(state, 'tokens', token);

/**
 * The settings with tokens of the installation's own, made at its first start and kept below its state folder, where the
 * settings say nothing: for the webhook, unless it is open on purpose, and for a user `admin`, unless there are users.
 */
export function withOwnTokens(config: Config, state: string): Config {
  const { api } = config;
  const own = (token: OwnToken) => {
    const file = ownTokenFile(state, token);
    ownFile(file, () => `${randomBytes(32).toString('hex')}\n`);
    return { file };
  };
  const webhook = api.webhookToken === undefined && !api.insecure ? { webhookToken: own(OwnToken.Webhook) } : {};
  const users =
    api.users.length === 0 ? { users: [{ name: 'admin', roles: [ALL_ROLES], token: own(OwnToken.Admin) }] } : {};
  return { ...config, api: { ...api, ...webhook, ...users } };
}
