import { userInfo } from 'node:os';
import type { Client } from '@temporalio/client';
import type { Command } from 'commander';
import type { Remediations } from '../api/remediations/remediations.ts';
import { connectClient } from '../clients/temporal/connect-client.ts';
import type { Config } from '../config/schema.ts';
import { ALL_ROLES } from '../domain/decision/roles.ts';
import type { Store } from '../store/store.ts';
import { commandName } from './command-name.ts';
import { missingStore } from './missing-store.ts';
import { collect, type CommonOptions, withConfig } from './options.ts';
import { openStoreOf } from '../workers/open-store.ts';
import { remediationsOf } from './people.ts';
import { describeStore, findInstallation } from './running.ts';

export interface Reach {
  readonly config: Config;
  readonly client: Client;
  readonly remediations: Remediations;
}

export interface StoreReach extends Reach {
  readonly store: Store;
}

/** Does something on Temporal itself, as the settings and Temporal's own configuration find it; then hangs up. */
export async function withTemporal<T>(options: CommonOptions, use: (reach: Reach) => Promise<T>): Promise<T> {
  const { config, running } = findInstallation(options);
  const temporal = await connectClient(config.temporal, running?.temporal).catch((error: unknown) => {
    const hint = `set TEMPORAL_ADDRESS; \`${commandName()} up\` prints the address of its own`;
    throw new Error(`${error instanceof Error ? error.message : 'Temporal cannot be reached'} (${hint})`, {
      cause: error,
    });
  });
  try {
    return await use({ config, client: temporal.client, remediations: remediationsOf(config, temporal.client) });
  } finally {
    await temporal.close();
  }
}

/** The same, with the store of the settings, which has to be there: its commits wake remediations. */
export async function withStore<T>(options: CommonOptions, use: (reach: StoreReach) => Promise<T>): Promise<T> {
  return await withTemporal(options, async (reach) => {
    const missing = missingStore(reach.config.audit);
    if (missing !== undefined) throw new Error(`there is no store at ${missing}: audit.store says where it is`);
    console.error(`store: ${describeStore(reach.config)}`);
    const store = await openStoreOf(reach);
    try {
      return await use({ ...reach, store });
    } finally {
      await store.close();
    }
  });
}

export interface IdentityOptions {
  readonly as?: string;
  readonly role?: readonly string[];
}

/** Options of commands that do something in a person's name. */
export function withIdentity(command: Command, { roles }: { readonly roles: boolean }): Command {
  command.option('--as <name>', 'in whose name (default: the user of the operating system)');
  if (roles) command.option('--role <role>', 'a role to stand for, repeatable (default: every role)', collect);
  return withConfig(command);
}

/** Who it is. Not proven: a person who can reach Temporal is trusted. */
export function identityOf({ as, role }: IdentityOptions): { by: string; roles: readonly string[] } {
  return { by: as ?? userInfo().username, roles: role ?? [ALL_ROLES] };
}
