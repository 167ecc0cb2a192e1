import { type Command, Option } from 'commander';
import { collect } from '../options.ts';
import { buildCommand, type BuildCommandOptions } from '../policy/build.ts';
import { DEFAULT_RULES, lintCommand, type LintCommandOptions } from '../policy/lint.ts';
import { testCommand, type TestCommandOptions } from '../policy/test.ts';

export function registerPolicy(program: Command): void {
  const policy = program.command('policy').description('the rules that decide what is done about an alert');
  registerLint(policy);
  registerBuild(policy);
  registerTest(policy);
}

/** Of the commands that look for faults. */
function withRules(command: Command): Command {
  return command
    .option(
      '--rules <glob>',
      `Prometheus rule files that hold your alerts (repeatable; default: ${DEFAULT_RULES})`,
      collect,
    )
    .option('--alone', 'the folders are the whole policy');
}

function registerLint(policy: Command): void {
  withRules(policy.command('lint'))
    .description('find what is wrong with a policy before an incident does')
    .argument('[folders...]', "your folders, looked at together with Mendloop's own policy (default: that alone)")
    .addOption(
      new Option('--engine <engine>', 'what evaluates it: a server has every built-in function')
        .choices(['wasm', 'server'])
        .default('wasm'),
    )
    .option('--json', 'print the findings as one line of JSON')
    .addHelpText(
      'after',
      `
Exit code 0: nothing but warnings. 1: errors. What each check means: docs/policy.md.

Examples:
  $ mendloop policy lint
  $ mendloop policy lint my-policy --rules 'alerts/**/*.yml'
  $ mendloop policy lint my-policy --json | jq '.findings[] | {rule, message}'`,
    )
    .action(async (folders: string[], options: LintCommandOptions) => {
      await lintCommand(folders, options);
    });
}

function registerBuild(policy: Command): void {
  withRules(policy.command('build'))
    .description('make the bundle that `policy.bundle` of the settings names, unless `lint` finds an error')
    .argument('[folders...]', "your folders, which go over Mendloop's own policy")
    .requiredOption('-o, --output <file>', 'where to; a running Mendloop that follows it takes it at once')
    .option('--revision <text>', 'recorded with every decision: a commit, say (default: the hash of the bundle)')
    .addHelpText(
      'after',
      `
Examples:
  $ mendloop policy build my-policy --output policy.tar.gz --revision "$(git rev-parse --short HEAD)"`,
    )
    .action(async (folders: string[], options: BuildCommandOptions) => {
      await buildCommand(folders, options);
    });
}

function registerTest(policy: Command): void {
  policy
    .command('test')
    .description("run the tests of your folders and of Mendloop's own policy: `opa test`")
    .argument('[folders...]', "your folders, tested together with Mendloop's own policy (default: that alone)")
    .option('--run <pattern>', 'only tests whose name this regular expression matches')
    .option('-v, --verbose', 'name each test')
    .option('--alone', 'the folders are the whole policy')
    .addHelpText(
      'after',
      `
Exit code 0: all tests pass. Anything else is OPA's.

Examples:
  $ mendloop policy test my-policy --verbose`,
    )
    .action(async (folders: string[], options: TestCommandOptions) => {
      await testCommand(folders, options);
    });
}
