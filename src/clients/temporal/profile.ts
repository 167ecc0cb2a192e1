import { type ClientConfigProfile, loadClientConfigProfile } from '@temporalio/envconfig';
import type { Config } from '../../config/schema.ts';

/**
 * How to reach Temporal, by Temporal's own configuration: its TOML file and profile, overridden by `TEMPORAL_ADDRESS`,
 * `TEMPORAL_NAMESPACE`, `TEMPORAL_API_KEY`, `TEMPORAL_TLS_*`.
 *
 * @throws Error naming the file: the library's own errors do not say what they were reading.
 */
export function loadProfile({ profile, configFile }: Config['temporal']): ClientConfigProfile {
  try {
    return loadClientConfigProfile({
      ...(profile === undefined ? {} : { profile }),
      ...(configFile === undefined ? {} : { configSource: { path: configFile } }),
    });
  } catch (cause) {
    const what = configFile ?? "Temporal's configuration file ($TEMPORAL_CONFIG_FILE or the user's own)";
    throw new Error(`${what} cannot be used: it needs a table [profile.${profile ?? 'default'}]`, { cause });
  }
}
