import { format } from 'prettier';
import { GITOPS_PERMISSIONS } from '../../src/clients/gitops/permissions.ts';
import type { Permission } from '../../src/domain/actions/contract.ts';
import { defined } from '../../src/domain/defined.ts';
import { renderRule } from './render-permissions.ts';

const HEADER = `# Made from src/clients/gitops/permissions.ts by \`node tools/chart/generate.ts\`: what the objects of Argo CD and Flux are read
# with (\`get\`, by \`gitOps.TOOL.enabled\`) and paused with (the rest, by \`gitOps.TOOL.suspend\`), in the tool's own namespaces.
# \`fields\` of \`spec\` are all that may be changed.
`;

/** files/gitops.yaml of the chart: rules by the tool. */
export async function renderGitOps(config: object | null): Promise<string> {
  const tools = Object.entries(GITOPS_PERMISSIONS).map(
    ([tool, permissions]) => `${tool}:\n${permissions.map(rule).join('')}`,
  );
  return await format(`${HEADER}\n${tools.join('')}`, { ...config, parser: 'yaml' });
}

function rule({ apiGroups, resources, verbs, fields }: Permission): string {
  return renderRule({ apiGroups, resources, verbs, ...defined({ fields }) });
}
