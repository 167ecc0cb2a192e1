/**
 * Writes observability/kube-prometheus-stack/alerts.yaml out of what Helm rendered of that chart.
 *
 *     node tools/kube-prometheus-stack/read-alerts.ts RENDERED VERSION
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/local/package-root.ts';
import { ALERTS_FILE, alertsOf } from './alerts.ts';

const [rendered, version] = process.argv.slice(2);
if (rendered === undefined || version === undefined) throw new Error('usage: read-alerts.ts RENDERED VERSION');
const file = join(packageRoot(), ALERTS_FILE);
const comment = readFileSync(file, 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('#'));
const alerts = alertsOf(readFileSync(rendered, 'utf8')).map(
  (one) => `  - { alert: ${one.alert}, severity: ${one.severity}, for: ${one.for} }`,
);
writeFileSync(
  file,
  [...comment, 'chart: kube-prometheus-stack', `version: ${version}`, 'alerts:', ...alerts, ''].join('\n'),
);
