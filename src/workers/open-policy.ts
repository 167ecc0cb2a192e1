import { join } from 'node:path';
import type { Logger } from 'pino';
import { openOpaServer } from '../clients/policy/opa-server.ts';
import { openPolicyBundle } from '../clients/policy/policy-bundle.ts';
import type { LivePolicy, PolicyEvents } from '../clients/policy/policy-engine.ts';
import type { PolicySettings } from '../config/policy-schema.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { POLICY_BUNDLE } from './policy-bundle.ts';

/** Hears of every policy that comes into use, the first one too, and of every one that is refused. */
export interface PolicyObserver {
  onReload(loaded: { readonly revision: string; readonly source: string }): void;
  onError(refused: { readonly error: Error; readonly source: string }): void;
}

export interface PolicyParts {
  readonly config: { readonly policy: PolicySettings };
  /** The package's own folder. */
  readonly root: string;
  readonly metrics: Pick<Metrics, 'policyReloaded'>;
  readonly logger: Pick<Logger, 'info' | 'error'>;
  /** Absent: metrics and log alone. */
  readonly observer?: PolicyObserver | undefined;
}

/** The policy of the settings, or the one that comes with Mendloop, kept up to date with its source. */
export async function openPolicy({ config, root, metrics, logger, observer }: PolicyParts): Promise<LivePolicy> {
  const { engine, bundle } = config.policy;
  const server = engine === 'server' ? config.policy.server : undefined;
  const path = bundle ?? join(root, POLICY_BUNDLE);
  const source = server?.url ?? path;
  const events: PolicyEvents = {
    onReload: ({ revision }) => {
      metrics.policyReloaded('loaded');
      logger.info({ revision }, 'policy loaded');
      observer?.onReload({ revision, source });
    },
    onError: (error) => {
      metrics.policyReloaded('broken');
      logger.error({ err: error }, 'policy refused; the last good one stays, if there is one');
      observer?.onError({ error, source });
    },
  };
  return server === undefined
    ? await openPolicyBundle({ path, ...events })
    : await openOpaServer({ settings: server, ...events });
}
