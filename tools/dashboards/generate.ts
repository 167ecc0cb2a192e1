/**
 * Writes the Grafana dashboards from their source in this folder.
 *
 *     node tools/dashboards/generate.ts
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/local/package-root.ts';
import { dashboards, DASHBOARDS_FOLDER, render } from './index.ts';

for (const [name, build] of Object.entries(dashboards)) {
  writeFileSync(join(packageRoot(), DASHBOARDS_FOLDER, name), render(build()));
  console.log(`${DASHBOARDS_FOLDER}/${name}`);
}
