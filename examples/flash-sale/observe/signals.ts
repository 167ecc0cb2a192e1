/** What the alert is called in `prometheus/flash-sale.rules.yml`. */
export const ALERT = 'OrderServiceCPUThrottling';

export const ORDER_SERVICE = 'order-service';
export const CATALOG = 'catalog';

/** Range of every rate, in seconds: the same as in the rule and in the plan's verification. */
const WINDOW_SECONDS = 5;

/** 95th percentile in seconds of the time to an answer, from the service's own histogram. */
export function p95Of(service: string): string {
  const buckets = `http_request_duration_seconds_bucket{service="${service}"}`;
  return `histogram_quantile(0.95, sum(rate(${buckets}[${WINDOW_SECONDS}s])) by (le))`;
}

/** Samples of the alert, while it is in this state. */
export function alertIn(state: 'pending' | 'firing'): string {
  return `ALERTS{alertname="${ALERT}",alertstate="${state}"}`;
}
