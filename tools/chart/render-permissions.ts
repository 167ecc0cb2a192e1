import { format } from 'prettier';
import { stringify } from 'yaml';
import { ACTIONS } from '../../src/domain/actions/index.ts';
import type { Permission } from '../../src/domain/actions/contract.ts';
import { defined } from '../../src/domain/defined.ts';

const HEADER = `# Made from the actions' own permissions (src/domain/actions) by \`node tools/chart/generate.ts\`.
#
# What each action asks of the API server. \`scope: namespaced\` is given where a namespace is opted in, \`cluster\` everywhere.
# The reading verbs go into the read role, the others into the write role. \`fields\` of \`spec\` are all that Mendloop's account
# may change of what it may patch, beside annotations below \`mendloop.dev/\`.
`;

/** files/permissions.yaml of the chart: the rules of each action by its name. */
export async function renderPermissions(config: object | null): Promise<string> {
  const actions = Object.entries(ACTIONS).map(
    ([name, { summary, permissions }]) => `# ${summary}\n${name}:\n${permissions.map(rule).join('')}`,
  );
  return await format(`${HEADER}\n${actions.join('\n')}`, { ...config, parser: 'yaml' });
}

function rule({ apiGroups, resources, verbs, scope, fields }: Permission): string {
  return renderRule({ apiGroups, resources, verbs, scope, ...defined({ fields }) });
}

/** One entry of a list, each key on a line of its own. */
export function renderRule(rule: object): string {
  const keys = Object.entries(rule).map(
    ([key, value]) => `${key}: ${stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trimEnd()}`,
  );
  return `  - ${keys.join('\n    ')}\n`;
}
