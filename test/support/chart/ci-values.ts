import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { CHART_FOLDER } from './helm.ts';

/** The values files that the chart is tried with, by name. */
export const CI_VALUES: Readonly<Record<string, string>> = Object.fromEntries(
  globSync('ci/*-values.yaml', { cwd: CHART_FOLDER })
    .sort()
    .map((path) => [basename(path, '-values.yaml'), join(CHART_FOLDER, path)]),
);

/** The file of that name. */
export function ciValues(name: string): string {
  const file = CI_VALUES[name];
  if (file === undefined) throw new Error(`the chart has no ci/${name}-values.yaml`);
  return file;
}
