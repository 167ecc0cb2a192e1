import type { Command } from 'commander';
import { unhandledView } from '../../api/unhandled/unhandled-view.ts';
import type { Config } from '../../config/schema.ts';
import type { UnhandledAlert } from '../../domain/incident/unhandled.ts';
import { openDatabase } from '../../store/open-database.ts';
import { SqlUnhandledStore } from '../../store/unhandled/sql-unhandled-store.ts';
import { missingStore } from '../missing-store.ts';
import { type CommonOptions, withConfig } from '../options.ts';
import { painter } from '../output/style.ts';
import { describeStore, findInstallation } from '../running.ts';
import { parseSince } from '../since.ts';
import { describeOne, describeUnhandled } from '../unhandled/describe-unhandled.ts';

interface UnhandledOptions extends CommonOptions {
  readonly since?: number;
  readonly json?: boolean;
}

/** Kinds that are read. */
const LIMIT = 1000;

export function registerUnhandled(program: Command): void {
  withConfig(program.command('unhandled'))
    .description('list the alerts that no rule wants, and why; with a rule to begin with')
    .argument('[alert]', 'only alerts of this name, in full, with a rule to copy')
    .option('--since <duration>', 'only what was seen in this time: 12h, 7d', parseSince)
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ mendloop unhandled --since 7d
  $ mendloop unhandled KubePodCrashLooping
  $ mendloop unhandled --json | jq -r '.[] | select(.count > 10) | .alertName'`,
    )
    .action(async (alertName: string | undefined, options: UnhandledOptions) => {
      const now = Date.now();
      const { config } = findInstallation(options);
      console.error(`store: ${describeStore(config)}`);
      const all = await readUnhandled(config, {
        since: options.since === undefined ? 0 : now - options.since,
      });
      const alerts = all.filter((alert) => alertName === undefined || alert.alertName === alertName).map(unhandledView);
      const look = { paint: painter(), now };
      if (options.json === true) console.log(JSON.stringify(alerts, null, 2));
      else if (alertName === undefined || alerts.length === 0) console.log(describeUnhandled(alerts, look));
      else console.log(alerts.map((alert) => describeOne(alert, look)).join('\n\n'));
    });
}

async function readUnhandled({ audit }: Config, { since }: { since: number }): Promise<readonly UnhandledAlert[]> {
  const missing = missingStore(audit);
  if (missing !== undefined) throw new Error(`there is no store at ${missing}`);
  const database = await openDatabase(audit);
  try {
    return await new SqlUnhandledStore(database).list({ since, limit: LIMIT });
  } finally {
    await database.close();
  }
}
