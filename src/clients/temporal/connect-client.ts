import { Client, Connection } from '@temporalio/client';
import { toClientOptions } from '@temporalio/envconfig';
import type { Config } from '../../config/schema.ts';
import { loadProfile } from './profile.ts';

export interface TemporalClientLink {
  readonly client: Client;
  /** For what the client has no calls of its own. */
  readonly connection: Connection;
  /** `host:port`, for messages. */
  readonly address: string;
  close(): Promise<void>;
}

/** A person waits for it. */
const CONNECT_TIMEOUT_MS = 5_000;

/**
 * The same as `connectTemporal` for what needs no worker: it loads in a fifth of the time, and leaves it to its caller
 * what is tried again.
 *
 * `running`: where it is where nothing else says so.
 *
 * @throws Error naming the address if the server does not answer.
 */
export async function connectClient(
  settings: Config['temporal'],
  running?: { readonly address: string; readonly namespace: string },
): Promise<TemporalClientLink> {
  const profile = loadProfile(settings);
  const address = profile.address ?? running?.address ?? 'localhost:7233';
  const isRunning = profile.address === undefined && running !== undefined;
  const { connectionOptions, namespace = 'default' } = toClientOptions({
    ...{ ...profile, address },
    ...(isRunning ? { namespace: running.namespace } : {}),
  });
  let connection: Connection;
  try {
    connection = await Connection.connect({ ...connectionOptions, connectTimeout: CONNECT_TIMEOUT_MS });
  } catch (cause) {
    throw new Error(`Temporal does not answer at ${address}`, { cause });
  }
  return { client: new Client({ connection, namespace }), connection, address, close: () => connection.close() };
}
