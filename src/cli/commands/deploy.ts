import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { setCurrentVersion } from '../../clients/temporal/worker-deployments.ts';
import { deploymentOfEnvironment } from '../../config/worker-version.ts';
import { taskQueueOf } from '../../contract/task-queue.ts';
import { terminalProgress } from '../../local/index.ts';
import { packageRoot } from '../../local/package-root.ts';
import { createLogger } from '../../telemetry/logger.ts';
import { installRuntime } from '../../workers/create-worker.ts';
import { buildIdOf, workflowBuildId, workflowBundleFile } from '../../workers/workflow-bundle.ts';
import { checkHistories } from '../deploy/check-histories.ts';
import { deployCheck, describeCheck } from '../deploy/describe-check.ts';
import { historiesOf, listOpen } from '../deploy/open-histories.ts';
import { type CommonOptions, withConfig } from '../options.ts';
import { withTemporal } from '../with-temporal.ts';

interface CheckOptions extends CommonOptions {
  readonly limit: number;
  readonly bundle?: string;
  readonly json?: boolean;
}

interface SetCurrentOptions extends CommonOptions {
  readonly deployment?: string;
  readonly buildId?: string;
  readonly waitSeconds: number;
}

export function registerDeploy(program: Command): void {
  const deploy = program.command('deploy').description('before and while another build of the workers takes over');
  registerCheck(deploy);
  registerBuildId(deploy);
  registerSetCurrent(deploy);
}

function registerCheck(deploy: Command): void {
  withConfig(deploy.command('check'))
    .description('replay the workflows that are open against the workflows of this build')
    .option('--limit <n>', 'workflows that are looked at, the newest first', positive('--limit'), 1000)
    .option('--bundle <file>', "another build's workflow bundle (default: this build's)")
    .option('--json', 'as JSON, with every workflow that this build would not go on with')
    .addHelpText(
      'after',
      `
Changes nothing. Workflows that are pinned to the version of a worker are counted and left out.

Exit code 0: this build goes on with all of them. 1: it would not, or it could not be found out.

Examples:
  $ TEMPORAL_ADDRESS=temporal.internal:7233 TEMPORAL_NAMESPACE=mendloop mendloop deploy check
  $ mendloop deploy check --json | jq -r '.refused[].workflowId'`,
    )
    .action(async ({ limit, bundle, json, ...options }: CheckOptions) => {
      const codePath = bundle ?? workflowBundleFile(packageRoot());
      const buildId = buildIdOf(readFileSync(codePath, 'utf8'));
      const check = await withTemporal(options, async ({ client, config }) => {
        const taskQueue = taskQueueOf(config);
        const open = await listOpen(client, { taskQueue, limit });
        // The SDK tells of every state of its worker unless it is told not to.
        installRuntime(createLogger({ level: 'error' }, { pretty: true }));
        const task = terminalProgress().start('replay');
        const checked = await checkHistories({
          bundle: { codePath },
          workflows: open.found,
          histories: historiesOf(client, open.found),
          onReplayed: (replayed) => task.update(`${replayed} of ${open.found.length}`),
        }).finally(() => task.done());
        return deployCheck({ buildId, taskQueue }, open, checked);
      });
      console.log(json === true ? JSON.stringify(check, null, 2) : describeCheck(check));
      if (check.refused.length > 0) process.exitCode = 1;
    });
}

function registerBuildId(deploy: Command): void {
  deploy
    .command('build-id')
    .description("print the build ID of this build's workflows")
    .action(() => console.log(workflowBuildId(packageRoot())));
}

function registerSetCurrent(deploy: Command): void {
  withConfig(deploy.command('set-current'))
    .description('have starts go to the versioned workers of this build')
    .option('--deployment <name>', 'Worker Deployment of Temporal (default: $TEMPORAL_DEPLOYMENT_NAME)')
    .option('--build-id <id>', "another build's (default: this build's)")
    .option('--wait-seconds <n>', 'for which a worker of it is waited for', positive('--wait-seconds'), 60)
    .addHelpText(
      'after',
      `
A versioned worker is given no ordinary start until its version is current. Temporal's worker controller sets it by itself;
without the controller this command does, or \`temporal worker deployment set-current-version\`.

Examples:
  $ mendloop deploy set-current --deployment mendloop/mendloop-worker`,
    )
    .action(async ({ deployment, buildId, waitSeconds, ...options }: SetCurrentOptions) => {
      const deploymentName = deployment ?? deploymentOfEnvironment();
      if (deploymentName === undefined) {
        throw new Error('missing --deployment: expected the name of a Worker Deployment, or $TEMPORAL_DEPLOYMENT_NAME');
      }
      const wanted = buildId ?? workflowBuildId(packageRoot());
      await withTemporal(options, async ({ client }) => {
        const before = await setCurrentVersion(client, { deploymentName, buildId: wanted }, { waitSeconds });
        const was = before === wanted ? 'as it was' : `it was ${before ?? 'unversioned workers'}`;
        console.log(`${deploymentName}: starts go to build ${wanted}; ${was}`);
      });
    });
}

function positive(option: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isInteger(value) && value > 0) return value;
    throw new Error(`invalid ${option} ${text}: expected a whole number above 0`);
  };
}
