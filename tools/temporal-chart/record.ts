/**
 * Renders helm/temporal/values.yaml with Temporal's own chart, and keeps what comes of it for a test: the chart is in no package
 * registry, so that a test cannot count on having it. `COMMIT`: of the repository that FOLDER is a copy of.
 *
 *     git clone https://github.com/temporalio/helm-charts
 *     node tools/temporal-chart/record.ts helm-charts/charts/temporal COMMIT
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { ensureServers, terminalProgress } from '../../dev/stack/index.ts';
import { packageRoot } from '../../src/local/package-root.ts';
import { runCommand } from '../../src/local/process/run-command.ts';
import { FACTS, type Facts, RENDERED, VALUES } from './facts.ts';
import { changed, leavesOf } from './leaves.ts';

const [folder, commit] = process.argv.slice(2);
if (folder === undefined || commit === undefined) {
  throw new Error('usage: node tools/temporal-chart/record.ts FOLDER COMMIT');
}
const root = packageRoot();
const { helm } = await ensureServers(['helm'], { progress: terminalProgress() });
const scratch = mkdtempSync(join(tmpdir(), 'mendloop-temporal-chart-'));

async function render(values: object): Promise<string> {
  const file = join(scratch, 'values.yaml');
  writeFileSync(file, stringify(values));
  const args = ['template', 'temporal', folder as string, '--namespace', 'temporal', '--values', file];
  return await runCommand({ command: helm.path, args, env: process.env, timeoutMs: 60_000 });
}

try {
  const text = readFileSync(join(root, VALUES), 'utf8');
  const values = parse(text) as object;
  const rendered = await render(values);
  const unread: string[] = [];
  for (const path of leavesOf(values)) {
    // A chart that refuses another value has read it too.
    const other = await render(changed(values, path)).catch(() => 'refused');
    if (other === rendered) unread.push(path.join('.'));
  }
  const { version, appVersion } = parse(readFileSync(join(folder, 'Chart.yaml'), 'utf8')) as Facts;
  const facts: Facts = { version, appVersion, commit, values: createHash('sha256').update(text).digest('hex'), unread };
  writeFileSync(join(root, FACTS), `${JSON.stringify(facts, undefined, 2)}\n`);
  writeFileSync(join(root, RENDERED), rendered);
  console.log(
    `chart ${version}: ${rendered.split('\n').length} lines, values that it does not read: ${unread.join(', ') || 'none'}`,
  );
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
