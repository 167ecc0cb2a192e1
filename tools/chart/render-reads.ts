import { format } from 'prettier';
import { ALWAYS_READ, BUDGET_READS } from '../../src/clients/kubernetes/always-read.ts';
import { renderRule } from './render-permissions.ts';

const HEADER = `# Made from src/clients/kubernetes/always-read.ts by \`node tools/chart/generate.ts\`: what Mendloop reads whatever it may do.
`;

/** files/reads.yaml of the chart: rules of the read role. */
export async function renderReads(config: object | null): Promise<string> {
  const rules = [...ALWAYS_READ, ...BUDGET_READS].map(
    ({ why, apiGroups, resources, verbs }) => `# ${why}\n${renderRule({ apiGroups, resources, verbs })}`,
  );
  return await format(`${HEADER}\n${rules.join('')}`, { ...config, parser: 'yaml' });
}
