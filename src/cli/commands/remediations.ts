import type { Command } from 'commander';
import { remediationListSchema } from '../../api/remediations/remediation-filter.ts';
import type { Remediations } from '../../api/remediations/remediations.ts';
import { toRemediationId } from '../../domain/alert/remediation-id.ts';
import { shellWord } from '../../domain/text/shell-word.ts';
import { commandName } from '../command-name.ts';
import { parseInstant } from '../instant.ts';
import { collect, type CommonOptions, withConfig } from '../options.ts';
import { painter } from '../output/style.ts';
import { describeDetail } from '../remediations/describe-detail.ts';
import { findRemediation } from '../remediations/find-remediation.ts';
import { describeList } from '../remediations/describe-list.ts';
import { withTemporal } from '../with-temporal.ts';

interface ListOptions extends CommonOptions {
  readonly since?: string;
  readonly until?: string;
  readonly page?: string;
  readonly json?: boolean;
  /** The rest are keys of the filter. */
  readonly [key: string]: unknown;
}

export function registerRemediations(program: Command): void {
  withConfig(program.command('remediations'))
    .description('list remediations, running ones first')
    .argument('[text]', 'the beginning of the name of an alert, a service, a rule or a target, or of an ID')
    .option('--state <state>', 'running or closed')
    .option('--waiting <what>', 'running ones that wait for: approval, turn')
    .option('--outcome <outcome>', 'how it ended; repeatable', collect)
    .option('--alert <name>', 'name of the alert')
    .option('--severity <severity>', 'of the alert')
    .option('--service <name>', 'of the alert')
    .option('--rule <name>', 'policy rule that decided')
    .option('--action <name>', 'action of the plan')
    .option('--mode <mode>', 'off, observe, approve or auto')
    .option('--target <target>', 'cluster/namespace/Kind/name; - is the namespace of an object that has none')
    .option('--since <time>', 'started since: 2026-08-01T00:00:00Z, or an age: 90m, 24h, 7d, 2w')
    .option('--until <time>', 'started before')
    .option('-n, --limit <number>', 'how many at most (default: 50)')
    .option('--page <token>', 'the next page, by the token that the one before ended with')
    .option('--json', 'print the page as one line of JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ mendloop remediations --state running
  $ mendloop remediations --waiting approval
  $ mendloop remediations OrderService --outcome rolled_back --outcome escalated --since 7d
  $ mendloop remediations --json | jq -r '.items[].id'`,
    )
    .action(async (text: string | undefined, options: ListOptions) => {
      const { config: _, json, since, until, page, ...filter } = options;
      const now = Date.now();
      const parsed = remediationListSchema.safeParse({
        ...filter,
        ...(text === undefined ? {} : { q: text }),
        ...(page === undefined ? {} : { pageToken: page }),
        ...(since === undefined ? {} : { since: parseInstant(since, now) }),
        ...(until === undefined ? {} : { until: parseInstant(until, now) }),
      });
      if (!parsed.success) {
        throw new Error(parsed.error.issues.map(({ path, message }) => `--${path.join('.')}: ${message}`).join('\n'));
      }
      await withTemporal(options, async ({ remediations }) => {
        const found = await remediations.list(parsed.data);
        console.log(json === true ? JSON.stringify(found) : describeList(found, { paint: painter(), now }));
      });
    });
}

export function registerShow(program: Command): void {
  withConfig(program.command('show'))
    .description('show one remediation: what it is about, where it stands, what happened')
    .argument('<name>', WHICH)
    .option('--json', 'print all that is known as one line of JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ mendloop show latest
  $ mendloop show OrderService
  $ mendloop show "$ID" --json | jq .status.verification`,
    )
    .action(async (text: string, options: CommonOptions & { json?: boolean }) => {
      await withTemporal(options, async ({ remediations }) => {
        const id = await nameOne(remediations, text);
        const detail = await remediations.get(id);
        if (detail === undefined) throw new Error(`there is no remediation ${id}`);
        const look = { paint: painter(), now: Date.now() };
        console.log(options.json === true ? JSON.stringify(detail) : describeDetail(detail, look));
      });
    });
}

/** How `show` and `report` are told which remediation is meant. */
export const WHICH =
  'ID of the remediation, `latest`, or the beginning of the name of an alert, a service, a rule or a target, or of an ID';

/** The remediation that a text means. Standard error says so where it could have meant others, too. */
export async function nameOne(remediations: Remediations, text: string): Promise<string> {
  const { id, others } = await findRemediation(remediations, text);
  if (others > 0)
    console.error(
      `The latest of ${others + 1} that begin with ${text}: \`${commandName()} remediations ${shellWord(text)}\` lists them.`,
    );
  return id;
}

/** @throws Error if the text can be no remediation's ID. */
export function requireId(text: string): string {
  const id = toRemediationId(text);
  if (id === undefined) {
    throw new Error(
      `${text} is no remediation's ID: remediation/<cluster>/<alert>/<fingerprint>/<n>, see \`${commandName()} remediations\``,
    );
  }
  return id;
}
