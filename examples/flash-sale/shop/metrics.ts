import { Counter, Histogram, Registry } from 'prom-client';

/** Seconds. Fine around the objective of 0.2 s, which is itself a bound: only then is "at most 0.2" exact. */
const DURATION_BUCKETS = [0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2.5, 5];

export interface ShopMetrics {
  readonly registry: Registry;
  /** One answered (or abandoned) request; `code` 499 is a client that went away, as nginx counts it. */
  observe(code: number, seconds: number): void;
}

/**
 * The metrics of one Pod: those of the service itself, and those that cAdvisor would report of its container. The
 * labels `pod`, `namespace`, `node` and `service` are added by the scrape, as service discovery does in a cluster.
 */
export function createShopMetrics(readings: {
  readonly throttledSeconds: () => number;
  readonly cpuSeconds: () => number;
}): ShopMetrics {
  const registry = new Registry();
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'From the arrival of a request to its answer, time in the queue included.',
    labelNames: ['code'],
    buckets: DURATION_BUCKETS,
    registers: [registry],
  });
  registerReading(registry, {
    name: 'container_cpu_cfs_throttled_seconds_total',
    help: 'Time that the container had work to do and no CPU quota left.',
    read: readings.throttledSeconds,
  });
  registerReading(registry, {
    name: 'container_cpu_usage_seconds_total',
    help: 'CPU time used by the container.',
    read: readings.cpuSeconds,
  });
  return {
    registry,
    observe: (code, seconds) => duration.observe({ code: String(code) }, seconds),
  };
}

/** A counter that is kept elsewhere and read when Prometheus asks. */
function registerReading(registry: Registry, options: { name: string; help: string; read: () => number }): void {
  new Counter({
    name: options.name,
    help: options.help,
    registers: [registry],
    collect() {
      this.reset();
      this.inc(options.read());
    },
  });
}
