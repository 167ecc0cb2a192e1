import { format } from 'prettier';
import { stringify } from 'yaml';
import type { DocumentedValue } from './read-values.ts';

/** README.md of the chart. */
export async function renderReadme(values: readonly DocumentedValue[], config: object | null): Promise<string> {
  const text = `# Mendloop's Helm chart

<!-- Made from values.yaml by \`node tools/chart/generate.ts\`. -->

Installs [Mendloop](../../README.md) in one of two modes, which the value \`mode\` names: \`standalone\`, one Pod with everything
in it, or \`distributed\`, against your own Temporal and PostgreSQL. [docs/install.md](../../docs/install.md) walks through both.

The chart brings no CRDs, makes no random values and asks the cluster nothing while it renders: the same values give the same
objects, for Helm, Argo CD and Flux alike. It needs Kubernetes 1.31 or newer. A key that is none of these values is refused;
\`global\` and \`enabled\` may stand beside them, for a chart that this one is a part of.

## Values

Each with its default.

${listValues(values)}
`;
  return await format(text, { ...config, parser: 'markdown' });
}

/** Every value with its default and what it is for, as a list in Markdown. */
export function listValues(values: readonly DocumentedValue[]): string {
  const entries = values.map(
    ({ key, value, description = '' }) => `- **\`${key}\`** \`${shown(value)}\`<br>${description}`,
  );
  return entries.join('\n');
}

/** As YAML writes it in one line. */
function shown(value: unknown): string {
  return stringify(value, { collectionStyle: 'flow', lineWidth: 0, singleQuote: true }).trimEnd();
}
