import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { resolveConfig } from 'prettier';
import { packageRoot } from '../../src/local/package-root.ts';
import { readValues } from './read-values.ts';
import { renderDiagnosisReads } from './render-diagnosis-reads.ts';
import { renderGitOps } from './render-gitops.ts';
import { renderPermissions } from './render-permissions.ts';
import { renderReads } from './render-reads.ts';
import { renderReadme } from './render-readme.ts';
import { renderSchema } from './render-schema.ts';
import { CHART } from './values-schema.ts';

/** Files outside that the chart holds a copy of: Helm reads nothing outside a chart. */
const COPIES = {
  'observability/prometheus/*.rules.yml': 'files/rules',
  'observability/grafana/dashboards/*.json': 'files/dashboards',
} as const;

/** What is generated in the chart's folder: content by path below the project's root. */
export async function chartFiles(): Promise<ReadonlyMap<string, string>> {
  const root = packageRoot();
  const read = (path: string) => readFileSync(join(root, path), 'utf8');
  const style = (path: string) => resolveConfig(join(root, path));
  const readme = `${CHART}/README.md`;
  const permissions = `${CHART}/files/permissions.yaml`;
  const reads = `${CHART}/files/reads.yaml`;
  const diagnosisReads = `${CHART}/files/diagnosis-reads.yaml`;
  const gitOps = `${CHART}/files/gitops.yaml`;
  const values = readValues(read(`${CHART}/values.yaml`));
  const copies = Object.entries(COPIES).flatMap(([from, to]) =>
    globSync(from, { cwd: root }).map((path) => [`${CHART}/${to}/${basename(path)}`, read(path)] as const),
  );
  return new Map([
    [readme, await renderReadme(values, await style(readme))],
    [permissions, await renderPermissions(await style(permissions))],
    [reads, await renderReads(await style(reads))],
    [diagnosisReads, await renderDiagnosisReads(await style(diagnosisReads))],
    [gitOps, await renderGitOps(await style(gitOps))],
    [`${CHART}/values.schema.json`, renderSchema()],
    ...copies,
  ]);
}

/** Folders that hold copies and nothing else. */
export const COPY_FOLDERS: readonly string[] = Object.values(COPIES).map((folder) => `${CHART}/${folder}`);
