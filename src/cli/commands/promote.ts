import { existsSync } from 'node:fs';
import { type Command, Option } from 'commander';
import type { Config } from '../../config/schema.ts';
import { type StageName, stageNames } from '../../domain/promotion/stage.ts';
import { type CommonOptions, withConfig } from '../options.ts';
import { unknownRule } from '../policy/unknown-rule.ts';
import { readFlagDocument, writeFlagDocument } from '../scorecard/flag-store.ts';
import { formatPromotion } from '../scorecard/format-promotion.ts';
import { readPast } from '../scorecard/past.ts';
import { planPromotion } from '../scorecard/plan-promotion.ts';
import { findInstallation } from '../running.ts';
import { recordPromotion } from '../scorecard/record-promotion.ts';
import { sinceOption } from '../since.ts';
import { identityOf } from '../with-temporal.ts';

interface PromoteOptions extends CommonOptions {
  readonly since: number;
  readonly from?: StageName;
  readonly write?: string;
  readonly json?: boolean;
  readonly as?: string;
}

export function registerPromote(program: Command): void {
  withConfig(program.command('promote'))
    .description('whether the evidence is enough to let a policy rule go a stage further, and the change that does it')
    .argument('<rule>', 'name of the rule, as decisions and scorecards give it')
    .addOption(sinceOption())
    .addOption(new Option('--from <stage>', 'where the rule stands, if the flag file does not say').choices(stageNames))
    .option('--write <file>', 'make the change in this flag file, if the evidence is enough')
    .option('--as <name>', 'in whose name it is recorded (default: the user of the operating system)')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `
Stages: ${stageNames.join(', ')}. What each wants is in docs/modes.md.

Exit code 0: the evidence is enough, or the rule is at the last stage. 1: it is not, and nothing is written.

Examples:
  $ mendloop promote order_service_cpu_throttling
  $ mendloop promote order_service_cpu_throttling --write flags.json`,
    )
    .action(async (rule: string, options: PromoteOptions) => {
      const { config } = findInstallation(options);
      const file = options.write ?? (config.flags?.provider === 'file' ? config.flags.file : undefined);
      const document = file !== undefined && existsSync(file) ? await readFlagDocument(file) : undefined;
      const past = await readPastOf(rule, config, options.since);
      const plan = planPromotion({ rule, past, document, from: options.from });
      const written = options.write !== undefined && plan.change !== undefined;
      if (written) {
        // First, so that there is no change without a row.
        await recordPromotion(config, { plan, file: options.write, by: identityOf(options).by });
        await writeFlagDocument(options.write, plan.change.document);
      }
      if (options.json === true) console.log(JSON.stringify({ ...plan, file: file ?? null, written }, null, 2));
      else console.log(formatPromotion(plan, { written, ...(file === undefined ? {} : { file }) }));
      if (!plan.enough && plan.to !== undefined) process.exitCode = 1;
    });
}

/** A rule that the policy does not have any more may still have a past; one without either is none. */
async function readPastOf(
  rule: string,
  config: Config,
  sinceMs: number,
): Promise<Awaited<ReturnType<typeof readPast>>> {
  const unknown = await unknownRule(rule, config.policy);
  const past = await readPast(config, { sinceMs, rule }).catch((error: unknown) => {
    throw unknown ?? error;
  });
  if (past.length === 0 && unknown !== undefined) throw unknown;
  return past;
}
