import { Argument, type Command } from 'commander';
import { readOrUndefined } from '../../clients/keys/own-file.ts';
import { stateFolder } from '../../config/state-folder.ts';
import { OwnToken, ownTokenFile } from '../tokens/own-tokens.ts';

interface TokenOptions {
  readonly state?: string;
}

export function registerToken(program: Command): void {
  program
    .command('token')
    .description('print a token that `mendloop up --own-tokens` has made')
    .addArgument(new Argument('<name>', 'which one').choices(Object.values(OwnToken)))
    .option('--state <folder>', 'state folder that it was started with (default: $MENDLOOP_STATE, else of your user)')
    .addHelpText(
      'after',
      `
webhook: what Alertmanager sends as its bearer. admin: for the console and the API; whoever has it may do everything.

Examples:
  $ mendloop token admin
  $ mendloop token webhook | kubectl create secret generic mendloop-webhook -n monitoring --from-file=token=/dev/stdin`,
    )
    .action((name: OwnToken, { state = stateFolder() }: TokenOptions) => {
      const token = readOrUndefined(ownTokenFile(state, name));
      if (token === undefined) {
        throw new Error(`the state folder ${state} has no token ${name}: \`mendloop up --own-tokens\` makes it`);
      }
      console.log(token.trimEnd());
    });
}
