import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../../src/local/package-root.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';

const root = packageRoot();
const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** Names of our own metrics, as code makes them. */
function namesInCode(): string[] {
  const { registry } = createMetrics();
  const ours = registry.getMetricsAsArray().map(({ name }) => name);
  return ours.filter((name) => name.startsWith('mendloop_') || name === 'remediation_success_total');
}

describe('docs/observability.md', () => {
  it('has every metric, and no other', () => {
    const table = read('docs/observability.md')
      .split('\n')
      .filter((line) => line.startsWith('| `'));
    const documented = table.flatMap((line) => {
      const [first = '', ...more] = [...(line.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
      // `mendloop_budget_daily`, `_spent`: the others end differently.
      return [first, ...more.map((end) => (end.startsWith('_') ? first.replace(/_[a-z]+$/, end) : end))];
    });
    const metrics = documented.filter((name) => /^(mendloop|remediation)_/.test(name));
    expect(metrics.sort()).toEqual(namesInCode().sort());
  });
});

describe('rules and dashboards', () => {
  it.each([
    'observability/prometheus/mendloop.rules.yml',
    'observability/grafana/dashboards/mendloop-loop.json',
    'observability/grafana/dashboards/mendloop-service.json',
  ])('%s ask for no metric that there is not', (path) => {
    const asked = new Set(read(path).match(/\b(?:mendloop|remediation_success)_[a-z_0-9]+\b/g));
    const known = new Set(
      namesInCode().flatMap((name) => [name, ...['bucket', 'sum', 'count'].map((end) => `${name}_${end}`)]),
    );
    expect([...asked].filter((name) => !known.has(name))).toEqual([]);
  });
});
