import type { Command } from 'commander';
import { actionView, parametersSchema } from '../../domain/actions/action-view.ts';
import type { ActionDefinition } from '../../domain/actions/contract.ts';
import { ACTIONS } from '../../domain/actions/index.ts';
import { describeAction, describeActions } from '../actions/describe-actions.ts';
import { writeSkeleton } from '../actions/write-skeleton.ts';
import { painter } from '../output/style.ts';

interface ActionOptions {
  readonly json?: boolean;
}

export function registerActions(program: Command): void {
  const actions = program
    .command('actions')
    .description('what can be done about an alert: the catalogue of actions')
    .addHelpText(
      'after',
      `
Examples:
  $ mendloop actions list
  $ mendloop actions show drain
  $ mendloop actions schema drain`,
    );
  actions
    .command('list')
    .description('every action, what it does, and how it is undone')
    .option('--json', 'as JSON')
    .action(({ json }: ActionOptions) => {
      const views = Object.values(ACTIONS).map(actionView);
      console.log(json === true ? JSON.stringify(views, null, 2) : describeActions(views, painter()));
    });
  actions
    .command('show')
    .description('one action: what it takes, what it may do, its proof, its undo and its danger')
    .argument('<name>', 'as `mendloop actions list` prints it')
    .option('--json', 'as JSON, with the schema of its parameters')
    .action((name: string, { json }: ActionOptions) => {
      const action = find(name);
      const view = actionView(action);
      const all = { ...view, parameters: parametersSchema(action) };
      console.log(json === true ? JSON.stringify(all, null, 2) : describeAction(view, painter()));
    });
  actions
    .command('schema')
    .description('what a plan may say as the parameters of an action, as JSON Schema')
    .argument('<name>', 'as `mendloop actions list` prints it')
    .option('--json', 'as JSON, which it is anyway')
    .action((name: string) => {
      console.log(JSON.stringify(parametersSchema(find(name)), null, 2));
    });
  actions
    .command('new')
    .description('write the skeleton of an action, with its tests, into a checkout of Mendloop')
    .argument('<name>', 'words in lower case: rotate_log')
    .addHelpText(
      'after',
      `
Examples:
  $ mendloop actions new rotate_log`,
    )
    .action(async (name: string) => {
      console.log(await writeSkeleton(process.cwd(), name));
    });
}

function find(name: string): ActionDefinition {
  const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
  if (action === undefined)
    throw new Error(`there is no action ${name}: expected one of ${Object.keys(ACTIONS).join(', ')}`);
  return action;
}
