import type { Command } from 'commander';
import { loadConfig } from '../../config/load.ts';
import { scorecards } from '../../domain/promotion/scorecard.ts';
import { type CommonOptions, withConfig } from '../options.ts';
import { formatScorecards } from '../scorecard/format-scorecards.ts';
import { readPast } from '../scorecard/past.ts';
import { sinceOption } from '../since.ts';

interface ScorecardOptions extends CommonOptions {
  readonly since: number;
  readonly json?: boolean;
}

export function registerScorecard(program: Command): void {
  withConfig(program.command('scorecard'))
    .description('how each policy rule has done: acted, cured, rolled back, and how fast')
    .argument('[rule]', 'only this rule')
    .addOption(sinceOption())
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ mendloop scorecard
  $ mendloop scorecard order_service_cpu_throttling --since 7d --json | jq '.[0].secondsToCure.p95'`,
    )
    .action(async (rule: string | undefined, options: ScorecardOptions) => {
      const config = loadConfig(options.config === undefined ? {} : { path: options.config });
      const past = await readPast(config, { sinceMs: options.since, ...(rule === undefined ? {} : { rule }) });
      const cards = scorecards(past);
      if (options.json === true) console.log(JSON.stringify(cards, null, 2));
      else console.log(cards.length === 0 ? 'No remediation ended in this time.' : formatScorecards(cards));
    });
}
