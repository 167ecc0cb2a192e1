import type { Command } from 'commander';
import { connectClient } from '../../clients/temporal/connect-client.ts';
import { setUpNamespace } from '../../clients/temporal/set-up-namespace.ts';
import { loadConfig } from '../../config/load.ts';
import { RETENTION_DAYS } from '../../contract/namespace.ts';
import { ATTRIBUTE_TYPES } from '../../contract/search-attributes.ts';
import { type CommonOptions, withConfig } from '../options.ts';

interface SetupOptions extends CommonOptions {
  readonly retentionDays: string;
}

export function registerTemporal(program: Command): void {
  const temporal = program.command('temporal').description('the namespace of Temporal that Mendloop works in');
  withConfig(temporal.command('setup'))
    .description('make the namespace, keep its histories long enough, and give it the search attributes')
    .option(
      '--retention-days <days>',
      'for which ended remediations can be read; never lowered',
      String(RETENTION_DAYS),
    )
    .addHelpText(
      'after',
      `
May be run again: what is there stays as it is. Which server and namespace is meant, Temporal's own configuration says:
TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY, TEMPORAL_TLS_*, or its TOML file. Temporal Cloud makes namespaces
and attributes by itself: temporal/README.md.

Examples:
  $ TEMPORAL_ADDRESS=temporal.internal:7233 TEMPORAL_NAMESPACE=mendloop mendloop temporal setup`,
    )
    .action(async ({ config: path, retentionDays }: SetupOptions) => {
      const days = daysOf(retentionDays);
      const link = await connectClient(loadConfig(path === undefined ? {} : { path }).temporal);
      try {
        const done = await setUpNamespace(link, { retentionDays: days, attributes: ATTRIBUTE_TYPES });
        for (const line of done) console.log(line);
      } finally {
        await link.close();
      }
    });
}

/** As long as an int32 of seconds can say. */
const MAX_DAYS = 24_000;

function daysOf(text: string): number {
  const days = Number(text);
  if (Number.isInteger(days) && days >= 1 && days <= MAX_DAYS) return days;
  throw new Error(`invalid --retention-days ${text}: expected a number of days from 1 to ${MAX_DAYS}`);
}
