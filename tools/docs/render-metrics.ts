import { createMetrics } from '../../src/telemetry/metrics.ts';

interface MadeMetric {
  readonly name: string;
  readonly help: string;
  readonly type: unknown;
  readonly labelNames?: readonly string[];
}

/** docs/metrics.md: every metric that Mendloop shows of itself, as its code makes it. */
export function renderMetrics(): string {
  const { registry } = createMetrics();
  const made = registry.getMetricsAsArray() as unknown as readonly MadeMetric[];
  const ours = made.filter(({ name }) => /^(mendloop_|remediation_)/.test(name));
  const rows = ours
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
    .map(({ name, type, labelNames = [], help }) => {
      const labels = labelNames.map((label) => `\`${label}\``).join(', ');
      return `| \`${name}\` | ${String(type)} | ${labels} | ${help.replaceAll('|', '\\|')} |`;
    });
  return [
    '# Metrics',
    '<!-- Made from the code by tools/docs/generate.ts. -->',
    'What `/metrics` shows of Mendloop itself, beside Node’s own metrics and those of Temporal’s SDK. What values labels have, how many there can be, and what to alert on: [observability.md](observability.md).',
    ['| metric | type | labels | what |', '| --- | --- | --- | --- |', ...rows].join('\n'),
    'A histogram has `_bucket`, `_sum` and `_count`; its buckets carry the trace of their last value as an exemplar.',
  ].join('\n\n');
}
