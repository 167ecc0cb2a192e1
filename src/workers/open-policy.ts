import { join } from 'node:path';
import type { Logger } from 'pino';
import { openOpaServer } from '../clients/policy/opa-server.ts';
import { openPolicyBundle } from '../clients/policy/policy-bundle.ts';
import type { LivePolicy, PolicyEvents } from '../clients/policy/policy-engine.ts';
import type { PolicySettings } from '../config/policy-schema.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { POLICY_BUNDLE } from './policy-bundle.ts';

export interface PolicyParts {
  readonly config: { readonly policy: PolicySettings };
  /** The package's own folder. */
  readonly root: string;
  readonly metrics: Pick<Metrics, 'policyReloaded'>;
  readonly logger: Pick<Logger, 'info' | 'error'>;
}

/** The policy of the settings, or the one that comes with Mendloop, kept up to date with its source. */
export async function openPolicy({ config, root, metrics, logger }: PolicyParts): Promise<LivePolicy> {
  const { server, bundle } = config.policy;
  const events: PolicyEvents = {
    onReload: ({ revision }) => {
      metrics.policyReloaded('loaded');
      logger.info({ revision }, 'policy loaded');
    },
    onError: (error) => {
      metrics.policyReloaded('broken');
      logger.error({ err: error }, 'policy refused; the last good one stays, if there is one');
    },
  };
  return config.policy.engine === 'server' && server !== undefined
    ? await openOpaServer({ settings: server, ...events })
    : await openPolicyBundle({ path: bundle ?? join(root, POLICY_BUNDLE), ...events });
}
