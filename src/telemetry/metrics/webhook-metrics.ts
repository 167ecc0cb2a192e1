import type { MetricFactory } from './metric-factory.ts';

/**
 * What became of one alert of a webhook: it has a remediation now, or had one already; belongs to one that has ended
 * without a cure; its end was told; nothing came of it; no rule wants it; it is not durable yet; it can never be.
 */
export const alertResults = [
  'started',
  'duplicate',
  'repeat',
  'signalled',
  'ignored',
  'unhandled',
  'failed',
  'rejected',
] as const;
export type AlertResult = (typeof alertResults)[number];

export interface WebhookMetrics {
  /** `code` is the HTTP status, or `aborted` where the client left before the answer. */
  webhookAnswered(event: {
    readonly code: number | 'aborted';
    readonly seconds: number;
    readonly traceId?: string | undefined;
  }): void;
  alertHandled(result: AlertResult, count?: number): void;
  /** Alerts that Alertmanager's `max_alerts` cut off and that never reached Mendloop. */
  alertsTruncated(count: number): void;
}

const requestBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export function webhookMetrics(make: MetricFactory): WebhookMetrics {
  const requests = make.counter('mendloop_webhook_requests_total', 'Webhook requests by HTTP status.', ['code']);
  const seconds = make.histogram({
    name: 'mendloop_webhook_request_seconds',
    help: 'Seconds from the head of a webhook request to the end of its answer.',
    labels: [],
    buckets: requestBuckets,
  });
  const alerts = make.counter('mendloop_alerts_total', 'Alerts received, by what became of them.', ['result']);
  const truncated = make.counter('mendloop_alerts_truncated_total', "Alerts cut off by Alertmanager's max_alerts.", []);

  // A rate over a series that does not exist yet is empty, not zero.
  for (const result of alertResults) alerts.inc({ result }, 0);

  return {
    webhookAnswered: ({ code, ...value }) => {
      requests.inc({ code: String(code) });
      seconds({}, value);
    },
    alertHandled: (result, count = 1) => alerts.inc({ result }, count),
    alertsTruncated: (count) => truncated.inc(count),
  };
}
