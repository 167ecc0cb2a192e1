import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { createAuditActivities } from '../activities/audit.ts';
import { createAuditKeepingActivities } from '../activities/audit-keeping.ts';
import { createCostActivities } from '../activities/cost.ts';
import { createEvidenceActivities } from '../activities/evidence.ts';
import { createGuardActivities } from '../activities/guards.ts';
import type { Activities } from '../activities/index.ts';
import { createKubernetesActivities } from '../activities/kubernetes.ts';
import { createLeaseActivities } from '../activities/lease.ts';
import { createNotificationActivities, type WebUi } from '../activities/notifications.ts';
import { createPolicyActivities } from '../activities/policy.ts';
import { createPrometheusActivities } from '../activities/prometheus.ts';
import { createRemediationActivities } from '../activities/remediations.ts';
import { createSilenceActivities } from '../activities/silences.ts';
import type { LinkMaker } from '../clients/links/make-approval-links.ts';
import { createCostSource } from '../clients/cost/create-cost-source.ts';
import { createJaegerClient } from '../clients/jaeger/jaeger-client.ts';
import { countWorkloads } from '../clients/kubernetes/count-workloads.ts';
import { createKubernetesClient } from '../clients/kubernetes/kubernetes-client.ts';
import { sumPodRequests } from '../clients/kubernetes/sum-pod-requests.ts';
import { createLokiClient } from '../clients/loki/loki-client.ts';
import { createChannels } from '../clients/notifications/channels.ts';
import { createPageHolder } from '../clients/notifications/alertmanager/page-holder.ts';
import type { PolicyEngine } from '../clients/policy/policy-engine.ts';
import { createPrometheusClient } from '../clients/prometheus/prometheus-client.ts';
import { queryExecution } from '../clients/temporal/ask-execution.ts';
import type { Config } from '../config/schema.ts';
import { resolveSecret } from '../config/secret.ts';
import { guardTaskQueue } from '../domain/guards/names.ts';
import { createNoticeRouter } from '../domain/notice/notice-routes.ts';
import type { RemediationStatus } from '../domain/remediation/remediation.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { STATUS_QUERY } from '../contract/remediation.ts';
import type { AuditPart } from './open-audit.ts';
import { openFlags } from './open-flags.ts';
import { selfCheck } from './self-check.ts';

export { openPolicy } from './open-policy.ts';

export interface Composition {
  readonly activities: Activities;
  /** See `selfCheck`; the workers have to run. */
  checkSelf(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export interface CompositionParts {
  readonly config: Config;
  readonly policy: PolicyEngine;
  readonly client: Client;
  readonly audit: AuditPart;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

/** From settings to activities: the one place where clients of outside systems are made. */
export function compose({ config, policy, client, audit, metrics, logger }: CompositionParts): Composition {
  const prometheus = createPrometheusClient(config.prometheus);
  const kubernetes = createKubernetesClient(config.kubernetes);
  const costSource = createCostSource({
    settings: config.cost,
    listPodRequests: (scope) => sumPodRequests(kubernetes, scope),
  });
  const channels = createChannels(config.notifications.channels);
  const route = createNoticeRouter(config.notifications.routes);
  const { holdPages } = config.notifications;
  const pageHolder = holdPages && createPageHolder(holdPages);
  const loki = config.loki && createLokiClient(config.loki);
  const jaeger = config.jaeger && createJaegerClient(config.jaeger);
  const flags = openFlags({ config, metrics, logger });
  return {
    activities: {
      ...createPolicyActivities({
        ...{ policy, cluster: config.kubernetes.cluster, metrics, flags },
        holdsPages: pageHolder !== undefined,
      }),
      ...createKubernetesActivities({ kubernetes, metrics, logger }),
      ...createPrometheusActivities({ prometheus }),
      ...createEvidenceActivities({ prometheus, ...(loki && { loki }), ...(jaeger && { jaeger }) }),
      ...createCostActivities({ costSource }),
      ...createGuardActivities({
        client,
        taskQueue: guardTaskQueue(config.temporal.taskQueue),
        limits: config.guards,
        costSource,
        countWorkloads: (scope) => countWorkloads(kubernetes, scope),
        metrics,
      }),
      ...createLeaseActivities({ prometheus }),
      ...createAuditActivities({ audit: audit.log }),
      ...createAuditKeepingActivities({ keeper: audit.keeper, metrics, logger }),
      ...createNotificationActivities({
        channels,
        metrics,
        route,
        webUi: webUi(config, client),
        ...approvalLinks(config.api),
        report: { statusOf: (id) => statusOf(client, id), links: linkMaker(config.api), logger },
      }),
      ...createRemediationActivities({ statusOf: (id) => statusOf(client, id) }),
      ...createSilenceActivities({ pageHolder }),
    },
    checkSelf: (signal) =>
      selfCheck({
        ...{ client, kubernetes, prometheus, limits: config.guards, logger, signal },
        taskQueue: config.temporal.taskQueue,
      }),
    close: async () => {
      await Promise.all([
        prometheus.close(),
        loki?.close(),
        jaeger?.close(),
        flags?.close(),
        pageHolder?.close(),
        costSource.close(),
        ...channels.map((channel) => channel.close()),
      ]);
    },
  };
}

/** Links exist where the settings have a secret for them, and an address. */
function linkMaker({ publicUrl, linkSecret }: Config['api']): (() => LinkMaker) | undefined {
  if (publicUrl === undefined || linkSecret === undefined) return undefined;
  return () => ({ publicUrl, secret: resolveSecret(linkSecret) });
}

function approvalLinks(api: Config['api']): { approvalLinks?: () => LinkMaker } {
  const maker = linkMaker(api);
  return maker === undefined ? {} : { approvalLinks: maker };
}

async function statusOf(client: Client, workflowId: string): Promise<RemediationStatus | undefined> {
  const answer = await queryExecution<RemediationStatus>({ client, workflowId, query: STATUS_QUERY });
  return answer.status === 'answered' ? answer.value : undefined;
}

function webUi({ temporal }: Config, client: Client): WebUi | undefined {
  return temporal.webUiUrl === undefined ? undefined : { url: temporal.webUiUrl, namespace: client.options.namespace };
}
