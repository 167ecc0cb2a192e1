import { collectDefaultMetrics } from 'prom-client';
import { type AccessMetrics, accessMetrics } from './metrics/access-metrics.ts';
import { type AuditMetrics, auditMetrics } from './metrics/audit-metrics.ts';
import { type BudgetMetrics, budgetMetrics } from './metrics/budget-metrics.ts';
import { type GuardMetrics, guardMetrics } from './metrics/guard-metrics.ts';
import { createRegistry, metricFactory, type MetricRegistry } from './metrics/metric-factory.ts';
import { type NotificationMetrics, notificationMetrics } from './metrics/notification-metrics.ts';
import { type PolicyMetrics, policyMetrics } from './metrics/policy-metrics.ts';
import { type RemediationMetrics, remediationMetrics } from './metrics/remediation-metrics.ts';
import { createScrape, type Scrape, type ScrapeParts } from './metrics/scrape.ts';
import { type WorkerMetrics, workerMetrics } from './metrics/worker-metrics.ts';
import { type WebhookMetrics, webhookMetrics } from './metrics/webhook-metrics.ts';

export type { BudgetState } from './metrics/budget-metrics.ts';
export type { GuardState } from './metrics/guard-metrics.ts';
export type { NotificationResult } from './metrics/notification-metrics.ts';
export type { FlagResult, PolicyReloadResult } from './metrics/policy-metrics.ts';
export type { EffectResult, RunningRemediations } from './metrics/remediation-metrics.ts';
export { type AlertResult, alertResults } from './metrics/webhook-metrics.ts';

/** All that Mendloop counts. Seconds throughout; every label has a bounded number of values. */
export interface Metrics
  extends
    AccessMetrics,
    WebhookMetrics,
    PolicyMetrics,
    RemediationMetrics,
    GuardMetrics,
    BudgetMetrics,
    AuditMetrics,
    NotificationMetrics,
    WorkerMetrics,
    Scrape {
  readonly registry: MetricRegistry;
}

export type MetricsOptions = Pick<ScrapeParts, 'sdkMetricsUrl'>;

/** Metrics on a registry of their own, so that several instances in one process never share a series. */
export function createMetrics(options: MetricsOptions = {}): Metrics {
  const registry = createRegistry();
  collectDefaultMetrics({ register: registry });
  const make = metricFactory(registry);
  const ofWorker = workerMetrics(make);
  return {
    registry,
    ...accessMetrics(make),
    ...webhookMetrics(make),
    ...policyMetrics(make),
    ...remediationMetrics(make),
    ...guardMetrics(make),
    ...budgetMetrics(make),
    ...auditMetrics(make),
    ...notificationMetrics(make),
    ...ofWorker,
    ...createScrape({ registry, make, readSdk: ofWorker.readSdk, ...options }),
  };
}
