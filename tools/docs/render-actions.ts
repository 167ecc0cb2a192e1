import { actionView, type ActionView, parametersSchema } from '../../src/domain/actions/action-view.ts';
import { conditionText } from '../../src/domain/actions/condition-text.ts';
import { ACTIONS } from '../../src/domain/actions/index.ts';

/** The page of each action, and the one that lists them, by their paths. */
export function renderActions(): Record<string, string> {
  const views = Object.values(ACTIONS).map(actionView);
  const pages = Object.values(ACTIONS).map(
    (action) =>
      [
        `docs/actions/${action.name}.md`,
        renderAction(actionView(action), JSON.stringify(parametersSchema(action), null, 2)),
      ] as const,
  );
  return { ...Object.fromEntries(pages), 'docs/actions.md': renderList(views) };
}

const MADE = '<!-- Made from the code by tools/docs/generate.ts. -->';

function renderList(actions: readonly ActionView[]): string {
  const rows = actions.map(
    ({ name, kinds, undo, summary }) =>
      `| [\`${name}\`](actions/${name}.md) | ${kinds.join(', ')} | ${undo} | ${summary} |`,
  );
  return [
    '# Actions',
    MADE,
    'What can be done about an alert. Policy names an action in a plan; the command `npx mendloop actions` and `GET /api/v1/actions` tell the same as these pages. [Adding an action](adding-an-action.md) says how to write one.',
    ['| action | acts on | undo | what it does |', '| --- | --- | --- | --- |', ...rows].join('\n'),
    'What is the same for all: the object is looked at before each act, and again just before it; an approver sees the very change as the API server’s dry run answers it; it is done once, whatever crashes; another hand’s change is left alone. Protected objects, namespaces that are not opted in, and what Argo CD or Flux apply are none of an action’s business ([targets.md](targets.md)).',
  ].join('\n\n');
}

function renderAction(action: ActionView, schema: string): string {
  const { name, summary, kinds, scope, undo, compensation, asks, danger, idempotence, proof, permissions, leasable } =
    action;
  const { preconditions, isForAWhile } = action;
  const rules = permissions.map(
    ({ apiGroups, resources, verbs, scope: of, fields }) =>
      `| ${apiGroups.map((group) => group || 'core').join(', ')} | ${resources.join(', ')} | ${verbs.join(', ')} | ${of} | ${fields?.join(', ') ?? ''} |`,
  );
  return [
    `# ${name}`,
    MADE,
    `The action \`${name}\` ${summary}.`,
    `**Acts on** ${kinds.join(', ')} (${scope === 'cluster' ? 'of the cluster itself' : 'in a namespace'}).`,
    `**Danger.** ${danger ?? 'None that is known beyond what every change has.'}`,
    `**Undo**: ${undo === 'none' ? 'none; what was done stays.' : `${undo}. It ${compensation ?? ''}.`}${leasable ? ' A lease may give it back in steps.' : ''}${isForAWhile === true ? ' It is given back when its time is over (`timedLease`), and at every other end.' : ''}${isForAWhile === true && undo === 'exact' ? ' It may also be the [prelude](../policy.md#what-comes-first-and-makes-room) of another plan.' : ''}`,
    `**Asks**: ${asks === undefined ? 'a human where mode, policy or GitOps say so.' : `a human, always, because ${asks}.`}`,
    `**Proof**: ${proof.length === 0 ? 'the plan has to name an objective, conditions or probes.' : `${proof.map(conditionText).join('; ')}, unless the plan names others.`}`,
    `**Preconditions** that a plan may have ([policy](../policy.md#danger-and-what-has-to-be-so-before)): ${preconditions.map((kind) => `\`${kind}\``).join(', ')}.`,
    `**Dry run**: an approver sees the change as the API server’s dry run answers it, admission and quotas included.`,
    `**Once** by ${idempotence}.`,
    '## Permissions',
    'With `rbac.actions` of the chart; the last column is what of `spec` the admission policy lets it change.',
    ['| API group | resources | verbs | scope | fields |', '| --- | --- | --- | --- | --- |', ...rules].join('\n'),
    '## Parameters',
    `\`\`\`json\n${schema}\n\`\`\``,
  ].join('\n\n');
}
