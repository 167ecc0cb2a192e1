import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readValues } from '../chart/read-values.ts';
import { listValues } from '../chart/render-readme.ts';
import { CHART } from '../chart/values-schema.ts';

/** Reference of the chart's values, out of values.yaml. */
export function renderValues(root: string): string {
  const values = readValues(readFileSync(join(root, CHART, 'values.yaml'), 'utf8'));
  return `# Values of the chart

<!-- Written by tools/docs/generate.ts from helm/mendloop/values.yaml: change it there. -->

Each with its default. [Install](install.md) says what to begin with; what \`config\` takes are the [settings](settings.md). A key that
is none of these is refused.

${listValues(values)}
`;
}
