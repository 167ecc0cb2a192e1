import {
  OPENMETRICS,
  PROMETHEUS_TEXT,
  takesOpenMetrics,
  toOpenMetrics,
  toPrometheusText,
  withTotals,
} from './exposition.ts';
import type { MetricFactory, MetricRegistry } from './metric-factory.ts';

/** Reads something from outside into the metrics, just before they are shown. */
export type Collector = () => Promise<void>;

export interface Scrape {
  /** Answers `/metrics`: everything, the metrics of Temporal's SDK included, in the format that the scraper takes. */
  scrape(accept?: string): Promise<{ readonly contentType: string; readonly body: string }>;
  /** Has `collect` run before each scrape. One that fails or is late is counted, and the scrape goes on without it. */
  addCollector(name: string, collect: Collector): void;
}

export interface ScrapeParts {
  readonly registry: MetricRegistry;
  readonly make: MetricFactory;
  /** Where Temporal's SDK shows its own metrics, on this machine only. Absent: nowhere. */
  readonly sdkMetricsUrl?: string | undefined;
  /** Takes what the SDK shows, with the names that it gets here. */
  readonly readSdk: (text: string) => void;
}

/** Well within Prometheus's shortest usual scrape timeout. */
const COLLECT_MS = 800;

export function createScrape({ registry, make, sdkMetricsUrl, readSdk }: ScrapeParts): Scrape {
  const collectors = new Map<string, Collector>();
  const errors = make.counter('mendloop_scrape_errors_total', 'Sources that a scrape went on without.', ['source']);

  async function tolerated<T>(source: string, read: () => Promise<T>, otherwise: T): Promise<T> {
    try {
      return await inTime(read());
    } catch {
      errors.inc({ source });
      return otherwise;
    }
  }

  return {
    addCollector: (name, collect) => collectors.set(name, collect),
    async scrape(accept) {
      const [sdk] = await Promise.all([
        sdkMetricsUrl === undefined
          ? ''
          : tolerated(
              'temporal-sdk',
              async () => {
                const text = withTotals(await fetchText(sdkMetricsUrl));
                readSdk(text);
                return text;
              },
              '',
            ),
        ...Array.from(collectors, ([name, collect]) => tolerated(name, collect, undefined)),
      ]);
      const ours = await registry.metrics();
      return takesOpenMetrics(accept)
        ? { contentType: OPENMETRICS, body: `${ours.replace(/# EOF\n$/, '')}${toOpenMetrics(sdk)}# EOF\n` }
        : { contentType: PROMETHEUS_TEXT, body: `${toPrometheusText(ours)}${sdk}` };
    },
  };
}

async function fetchText(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(COLLECT_MS) });
  if (!response.ok) throw new Error(`status ${response.status}`);
  return await response.text();
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error('too late'));
    }, COLLECT_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
