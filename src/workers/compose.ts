import { join } from 'node:path';
import type { Logger } from 'pino';
import { createCostActivities } from '../activities/cost.ts';
import type { Activities } from '../activities/index.ts';
import { createKubernetesActivities } from '../activities/kubernetes.ts';
import { createNotificationActivities } from '../activities/notifications.ts';
import { createPolicyActivities } from '../activities/policy.ts';
import { createPrometheusActivities } from '../activities/prometheus.ts';
import { createPriceTable } from '../clients/cost/price-table.ts';
import { createKubernetesClient } from '../clients/kubernetes/kubernetes-client.ts';
import { sumPodRequests } from '../clients/kubernetes/sum-pod-requests.ts';
import { createChannels } from '../clients/notifications/channels.ts';
import { openPolicyBundle, type PolicyBundle } from '../clients/policy/policy-bundle.ts';
import { createPrometheusClient } from '../clients/prometheus/prometheus-client.ts';
import type { Config } from '../config/schema.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { POLICY_BUNDLE } from './policy-bundle.ts';

export interface Composition {
  readonly activities: Activities;
  close(): Promise<void>;
}

export interface CompositionParts {
  readonly config: Config;
  readonly policy: PolicyBundle;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

/** The policy of the configuration, or the one that comes with Mendloop, kept up to date with its file. */
export async function openPolicy(parts: {
  config: Config;
  root: string;
  metrics: Metrics;
  logger: Logger;
}): Promise<PolicyBundle> {
  const { config, root, metrics, logger } = parts;
  return await openPolicyBundle({
    path: config.policy.bundle ?? join(root, POLICY_BUNDLE),
    onReload: ({ revision }) => {
      metrics.policyReloaded('loaded');
      logger.info({ revision }, 'policy loaded');
    },
    onError: (error) => {
      metrics.policyReloaded('broken');
      logger.error({ err: error }, 'policy bundle refused; the last good one stays');
    },
  });
}

/** From settings to activities: the one place where clients of outside systems are made. */
export function compose({ config, policy, metrics, logger }: CompositionParts): Composition {
  const prometheus = createPrometheusClient(config.prometheus);
  const kubernetes = createKubernetesClient(config.kubernetes);
  const costSource = createPriceTable({
    settings: config.cost,
    listPodRequests: (scope) => sumPodRequests(kubernetes, scope),
  });
  const channels = createChannels(config.notifications.channels);
  return {
    activities: {
      ...createPolicyActivities({ policy, cluster: config.kubernetes.cluster, metrics }),
      ...createKubernetesActivities({ kubernetes, metrics, logger }),
      ...createPrometheusActivities({ prometheus }),
      ...createCostActivities({ costSource }),
      ...createNotificationActivities({ channels, metrics }),
    },
    close: async () => {
      await Promise.all([prometheus.close(), ...channels.map((channel) => channel.close())]);
    },
  };
}
