import type { Command } from 'commander';
import { loadConfig } from '../../config/load.ts';
import { packageRoot } from '../../local/package-root.ts';
import { CATEGORIES } from '../doctor/check.ts';
import { CHECKS } from '../doctor/checks/index.ts';
import { examine } from '../doctor/examine.ts';
import { formatExamination } from '../doctor/format-examination.ts';
import { openWorld } from '../doctor/world.ts';
import { collect, type CommonOptions, withConfig } from '../options.ts';
import { painter } from '../output/style.ts';

interface DoctorCommandOptions extends CommonOptions {
  readonly json?: boolean;
  readonly pre?: boolean;
  readonly skip?: readonly string[];
  readonly namespace?: readonly string[];
  readonly action?: readonly string[];
  readonly api?: string;
  readonly receiver?: string;
}

export function registerDoctor(program: Command): void {
  withConfig(program.command('doctor'))
    .description('look at everything that Mendloop needs, and say what to do about what is wrong')
    .option('--pre', 'only what can be asked before Mendloop is installed')
    .option('--api <url>', "where the API is reached from here (default: this machine, at the settings' port)")
    .option('--namespace <name>', "where Mendloop is to act, repeatable (default: where policy's plans act)", collect)
    .option('--action <name>', 'what it is to do there, repeatable (default: what the plans do)', collect)
    .option('--receiver <name>', "Alertmanager's receiver for Mendloop (default: the one with its webhook)")
    .option('--skip <code>', 'a check or a category that is not asked, repeatable', collect)
    .option('--json', 'print the findings as one line of JSON')
    .addHelpText(
      'after',
      `
Changes nothing; sends one alert of its own, MendloopDoctor, which is only observed.
Exit code 0: nothing that is fatal. 1: something is. What each check means: docs/doctor.md.

Examples:
  $ mendloop doctor
  $ mendloop doctor --pre --config mendloop.yaml
  $ mendloop doctor --namespace shop
  $ mendloop doctor --json | jq '.checks[] | select(.status == "failed") | {code, text, link}'`,
    )
    .action(async (options: DoctorCommandOptions) => {
      const { namespace: namespaces = [], action: actions = [], skip = [], receiver, config } = options;
      refuseUnknown(skip);
      const world = openWorld({
        readConfig: () => loadConfig(config === undefined ? {} : { path: config }),
        root: packageRoot(),
        options: { namespaces, actions, receiver, api: options.api?.replace(/\/+$/, '') },
      });
      try {
        const checks = options.pre === true ? CHECKS.filter(({ beforeInstall }) => beforeInstall) : CHECKS;
        const examination = await examine({ checks, world, skip: new Set(skip) });
        console.log(options.json === true ? JSON.stringify(examination) : formatExamination(examination, painter()));
        if (!examination.ok) process.exitCode = 1;
      } finally {
        await world.close();
      }
    });
}

function refuseUnknown(skip: readonly string[]): void {
  const known = [...CHECKS.map(({ code }) => code), ...CATEGORIES];
  const unknown = skip.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`invalid --skip ${unknown}: expected one of ${known.join(', ')}`);
}
