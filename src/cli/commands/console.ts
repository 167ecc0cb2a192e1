import type { Command } from 'commander';
import { stateFolder } from '../../config/state-folder.ts';
import { consoleLink, findWaysIn, type WayIn } from '../start-link.ts';

interface ConsoleOptions {
  readonly state?: string;
  readonly json?: boolean;
}

/** An API on this machine answers within this, in milliseconds. */
const PATIENCE_MS = 2_000;

export function registerConsole(program: Command): void {
  program
    .command('console')
    .description('print the link to the console of what runs on this machine, with the token of its start')
    .option('--state <folder>', 'state folder that it was started with (default: the state folder of your user)')
    .option('--json', 'print address and token as one line of JSON')
    .addHelpText(
      'after',
      `
Where the settings name users (api.users), there is no such link: each has a token of their own.

Examples:
  $ mendloop console
  $ curl -H "Authorization: Bearer $(mendloop console --json | jq -r .token)" http://127.0.0.1:8080/api/v1/guards`,
    )
    .action(async ({ state = stateFolder(), json }: ConsoleOptions) => {
      const found = findWaysIn(state);
      const answers = await Promise.all(found.map(letsIn));
      const open = found.filter((_, index) => answers[index]);
      if (open.length === 0) throw new Error(`nothing that was started with the state folder ${state} can be reached`);
      for (const wayIn of open) console.log(json === true ? JSON.stringify(wayIn) : consoleLink(wayIn));
    });
}

/** Whether the API that left it still runs. */
async function letsIn({ url, token }: WayIn): Promise<boolean> {
  try {
    const headers = { Authorization: `Bearer ${token}` };
    return (await fetch(`${url}/api/v1/me`, { headers, signal: AbortSignal.timeout(PATIENCE_MS) })).ok;
  } catch {
    return false;
  }
}
