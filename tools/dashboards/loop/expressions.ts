/** Whichever installations are chosen. */
export const JOB = 'job=~"$job"';

const selector = (metric: string, labels: string) => `${metric}{${[JOB, labels].filter(Boolean).join(', ')}}`;

/** How many in the chosen time. */
export const counted = (metric: string, labels = '') => `sum(increase(${selector(metric, labels)}[$__range]))`;

/** How many in each step of the plot. */
export const countedBy = (by: string, metric: string) =>
  `sum by (${by}) (increase(${selector(metric, '')}[$__rate_interval]))`;

/** Read from the store and from Temporal, and so the same on every process of the API. */
export const gauge = (metric: string, labels = '') => `max(${selector(metric, labels)})`;

export const quantile = (q: number, metric: string, by: readonly string[] = []) =>
  `histogram_quantile(${q}, sum by (${['le', ...by].join(', ')}) (rate(${selector(`${metric}_bucket`, '')}[$__rate_interval])))`;
