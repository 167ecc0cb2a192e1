import { Client } from '@temporalio/client';
import { type ClientConfigProfile, toClientOptions } from '@temporalio/envconfig';
import { NativeConnection } from '@temporalio/worker';
import type { Config } from '../../config/schema.ts';
import { loadProfile } from './profile.ts';
import { TraceCalls } from './trace-calls.ts';

export interface TemporalLink {
  readonly client: Client;
  readonly connection: NativeConnection;
  readonly namespace: string;
  /** `host:port`, for messages. */
  readonly address: string;
  close(): Promise<void>;
}

/** What a caller that runs its own Temporal server knows better than the configuration. */
export type TemporalOverride = Pick<ClientConfigProfile, 'address' | 'namespace'>;

/**
 * Connects as Temporal's own configuration says: its TOML file and profile, overridden by `TEMPORAL_ADDRESS`,
 * `TEMPORAL_NAMESPACE`, `TEMPORAL_API_KEY`, `TEMPORAL_TLS_*`. A native connection serves client and worker alike, which
 * is also what lets one process start workflows eagerly.
 *
 * @throws Error naming the address if the server does not answer.
 */
export async function connectTemporal(
  settings: Config['temporal'],
  override?: TemporalOverride,
): Promise<TemporalLink> {
  const profile: ClientConfigProfile = override === undefined ? loadProfile(settings) : { ...override };
  const address = profile.address ?? 'localhost:7233';
  const { connectionOptions, namespace = 'default' } = toClientOptions({ ...profile, address });
  let connection: NativeConnection;
  try {
    connection = await NativeConnection.connect(connectionOptions);
  } catch (cause) {
    throw new Error(`Temporal does not answer at ${address}`, { cause });
  }
  return {
    client: new Client({ connection, namespace, interceptors: { workflow: [new TraceCalls()] } }),
    connection,
    namespace,
    address,
    close: () => connection.close(),
  };
}
