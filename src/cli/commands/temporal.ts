import type { Command } from 'commander';
import { connectClient, type TemporalClientLink } from '../../clients/temporal/connect-client.ts';
import { ensureNamespace } from '../../clients/temporal/ensure-namespace.ts';
import { addAttributes, faultsOfAttributes } from '../../clients/temporal/search-attributes.ts';
import { temporalFailure } from '../../clients/temporal/temporal-failure.ts';
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
        for (const line of await setUp(link, days)) console.log(line);
      } finally {
        await link.close();
      }
    });
}

/** What was done, one thing a line. */
async function setUp({ client, connection }: TemporalClientLink, retentionDays: number): Promise<string[]> {
  const { namespace } = client.options;
  const ensured = await ensureNamespace(client, { retentionDays });
  const days = `keeps histories for ${Math.round(ensured.retentionDays)} days`;
  const words = { made: 'made', 'retention raised': 'retention raised', none: 'there already' };
  const lines = [`namespace ${namespace}: ${words[ensured.change]}, ${days}`];
  try {
    const faults = await faultsOfAttributes(connection, { namespace, wanted: ATTRIBUTE_TYPES });
    const wrong = faults.find(({ found }) => found !== undefined);
    if (wrong !== undefined) {
      throw new Error(`invalid search attribute ${wrong.name}: expected ${wrong.wanted}, it is ${wrong.found}`);
    }
    const missing = Object.fromEntries(faults.map(({ name, wanted }) => [name, wanted]));
    if (faults.length > 0) await addAttributes(connection, { namespace, wanted: missing });
    lines.push(
      `search attributes: ${faults.length === 0 ? 'there already' : `added ${Object.keys(missing).join(', ')}`}`,
    );
  } catch (error) {
    throw error instanceof Error && error.message.startsWith('invalid') ? error : temporalFailure(error);
  }
  return lines;
}

/** As long as an int32 of seconds can say. */
const MAX_DAYS = 24_000;

function daysOf(text: string): number {
  const days = Number(text);
  if (Number.isInteger(days) && days >= 1 && days <= MAX_DAYS) return days;
  throw new Error(`invalid --retention-days ${text}: expected a number of days from 1 to ${MAX_DAYS}`);
}
