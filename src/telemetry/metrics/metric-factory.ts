import { Counter, Gauge, Histogram, type OpenMetricsContentType, Registry } from 'prom-client';

export type MetricRegistry = Registry<OpenMetricsContentType>;

/** A value and the trace that it was measured in, if there is one. */
export interface Traced {
  readonly seconds: number;
  /** 32 hex digits. */
  readonly traceId?: string | undefined;
}

/** Makes metrics on one registry. */
export interface MetricFactory {
  counter<Label extends string>(name: string, help: string, labels: readonly Label[]): Counter<Label>;
  /** Shows nothing until it is set: a zero that was not measured would be a lie. */
  gauge<Label extends string>(name: string, help: string, labels: readonly Label[]): Gauge<Label>;
  /** Keeps, in each bucket, the trace of the last value that had one. */
  histogram<Label extends string>(details: {
    name: string;
    help: string;
    labels: readonly Label[];
    buckets: readonly number[];
    /** Shown, with nothing in them, from the beginning. */
    present?: readonly Record<Label, string>[];
  }): (labels: Partial<Record<Label, string>>, value: Traced) => void;
}

/** prom-client writes exemplars in OpenMetrics only; `exposition.ts` derives the older format from it. */
export function createRegistry(): MetricRegistry {
  const registry = new Registry<OpenMetricsContentType>();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  return registry;
}

export function metricFactory(registry: MetricRegistry): MetricFactory {
  const registers = [registry];
  return {
    counter: (name, help, labelNames) => new Counter({ name, help, labelNames, registers }),
    gauge: (name, help, labelNames) => {
      const gauge = new Gauge({ name, help, labelNames, registers });
      if (labelNames.length === 0) gauge.remove();
      return gauge;
    },
    histogram: ({ name, help, labels: labelNames, buckets, present = [] }) => {
      // As strings, because the library's type would have exemplars use the metric's own labels.
      const histogram = new Histogram<string>({
        ...{ name, help, labelNames, registers, enableExemplars: true },
        buckets: [...buckets],
      });
      for (const labels of present) histogram.zero(labels);
      return (labels, { seconds, traceId }) =>
        histogram.observe({
          labels,
          value: seconds,
          exemplarLabels: traceId === undefined ? {} : { trace_id: traceId },
        });
    },
  };
}
