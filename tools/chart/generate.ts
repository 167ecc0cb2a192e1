/**
 * Writes what is generated in the chart's folder: README.md and values.schema.json, the permissions of the actions, and the
 * copies of rules and dashboards.
 *
 *     node tools/chart/generate.ts
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { packageRoot } from '../../src/local/package-root.ts';
import { chartFiles, COPY_FOLDERS } from './chart-files.ts';

const root = packageRoot();
const files = await chartFiles();
for (const folder of COPY_FOLDERS) rmSync(join(root, folder), { recursive: true, force: true });
for (const [path, content] of files) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
  console.log(path);
}
