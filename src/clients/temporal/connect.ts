import { Client } from '@temporalio/client';
import { type ClientConfigProfile, loadClientConfigProfile, toClientOptions } from '@temporalio/envconfig';
import { NativeConnection } from '@temporalio/worker';
import type { Config } from '../../config/schema.ts';

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
  const profile: ClientConfigProfile =
    override === undefined
      ? loadClientConfigProfile({
          ...(settings.profile === undefined ? {} : { profile: settings.profile }),
          ...(settings.configFile === undefined ? {} : { configSource: { path: settings.configFile } }),
        })
      : { ...override };
  const address = profile.address ?? 'localhost:7233';
  const { connectionOptions, namespace = 'default' } = toClientOptions({ ...profile, address });
  let connection: NativeConnection;
  try {
    connection = await NativeConnection.connect(connectionOptions);
  } catch (cause) {
    throw new Error(`Temporal does not answer at ${address}`, { cause });
  }
  return {
    client: new Client({ connection, namespace }),
    connection,
    namespace,
    address,
    close: () => connection.close(),
  };
}
