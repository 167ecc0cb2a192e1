import { type Command, Option } from 'commander';
import { collect } from '../options.ts';
import { buildCommand, type BuildCommandOptions } from '../policy/build.ts';
import { coverageCommand, type CoverageCommandOptions } from '../policy/coverage.ts';
import { diffCommand, type DiffCommandOptions } from '../policy/diff.ts';
import { DEFAULT_RULES, lintCommand, type LintCommandOptions } from '../policy/lint.ts';
import { testCommand, type TestCommandOptions } from '../policy/test.ts';

export function registerPolicy(program: Command): void {
  const policy = program.command('policy').description('the rules that decide what is done about an alert');
  registerLint(policy);
  registerBuild(policy);
  registerTest(policy);
  registerDiff(policy);
  registerCoverage(policy);
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

function registerDiff(policy: Command): void {
  withRules(policy.command('diff'))
    .description('what another policy would decide otherwise, alert by alert: Markdown for a pull request')
    .argument('[folders...]', "your folders as they are now, which go over Mendloop's own policy")
    .requiredOption('--base <folder>', 'the same as they were before, repeatable', collect)
    .option('--alerts <file>', 'alerts that you have had, as JSON, repeatable', collect)
    .option('--cluster <name>', "the cluster's name, as in the settings", 'default')
    .option('--json', 'print everything as one line of JSON')
    .addHelpText(
      'after',
      `
Tried are the examples of the rules of both, the alerts of the catalogue, those of your rule files, and those of --alerts.

Examples:
  $ git worktree add ../before origin/main
  $ mendloop policy diff my-policy --base ../before/my-policy --rules 'alerts/**/*.yml'`,
    )
    .action(async (folders: string[], options: DiffCommandOptions) => {
      await diffCommand(folders, options);
    });
}

function registerCoverage(policy: Command): void {
  withRules(policy.command('coverage'))
    .description('what becomes of the alerts of your rule files: healed, asked about, for a human, unknown')
    .argument('[folders...]', "your folders, which go over Mendloop's own policy (default: that alone)")
    .option('--cluster <name>', "the cluster's name, as in the settings", 'default')
    .option('--json', 'print everything as one line of JSON')
    .addHelpText(
      'after',
      `
Rule files of Prometheus, PrometheusRules and lists of them, several documents a file; \`--rules -\` reads standard input.
Exit code 0: every alert is known. 1: one is not, the policy gives no usable answer, or a file is no YAML.

Examples:
  $ mendloop policy coverage --rules 'alerts/**/*.yml'
  $ kubectl get prometheusrules -A -o yaml | mendloop policy coverage my-policy --rules -
  $ mendloop policy coverage my-policy --json | jq .counts`,
    )
    .action(async (folders: string[], options: CoverageCommandOptions) => {
      await coverageCommand(folders, options);
    });
}
