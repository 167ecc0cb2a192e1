import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { connectTemporal } from '../../clients/temporal/connect.ts';
import { ensureNamespace } from '../../clients/temporal/ensure-namespace.ts';
import {
  claimState,
  type ControlPlane,
  controlPlaneServers,
  ensureServers,
  type ProgressTask,
  type Stack,
  startControlPlane,
  startTemporalServer,
  type TemporalServer,
  terminalProgress,
} from '../../local/index.ts';
import { RETENTION_DAYS } from '../../contract/namespace.ts';
import { defined } from '../../domain/defined.ts';
import { checkKubeconfig } from '../../config/check-kubeconfig.ts';
import { settingsFile } from '../../config/load.ts';
import type { Config } from '../../config/schema.ts';
import { namedByEnvironment, placeState, stateFolder } from '../../config/state-folder.ts';
import { describeUp } from '../describe-up.ts';
import { type CommonOptions, withConfig } from '../options.ts';
import { packageVersion } from '../package-version.ts';
import { openGround, startApi, startWorker } from '../parts.ts';
import { type Context, flushLast, prepare } from '../prepare.ts';
import { leavePointer } from '../running.ts';
import { runUntilStopped, stoppable } from '../shutdown.ts';
import { withOwnTokens } from '../tokens/own-tokens.ts';

interface UpOptions extends CommonOptions {
  readonly withCluster?: boolean;
  readonly state?: string;
  readonly temporalPort?: string;
  readonly uiPort?: string;
  readonly json?: boolean;
  readonly ownTokens?: boolean;
}

export function registerUp(program: Command): void {
  withConfig(program.command('up'))
    .description('everything in one command: Temporal with its Web UI, the API and a worker')
    .option('--with-cluster', 'start a local Kubernetes control plane instead of using the current kubeconfig')
    .option(
      '--state <folder>',
      'where everything is kept across restarts: workflows, store, keys (default: the state folder of your user)',
    )
    .option('--temporal-port <port>', 'port of Temporal (default: a free one)')
    .option('--ui-port <port>', "port of Temporal's Web UI (default: a free one)")
    .option('--own-tokens', 'where the settings name no token, make one at the first start (`mendloop token`)')
    .option('--json', 'print the addresses as one line of JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ mendloop up                    # the cluster of the current kubeconfig
  $ mendloop up --with-cluster     # nothing at hand: a control plane of your own
  $ mendloop up --json | jq .webhook`,
    )
    .action(async (options: UpOptions) => {
      const state = options.state ?? stateFolder();
      const own = options.ownTokens === true ? (config: Config) => withOwnTokens(config, state) : undefined;
      const context = await prepare(options, 'everything', own);
      if (options.withCluster !== true) checkKubeconfig(context.config.kubernetes);
      await runUntilStopped((stack) => up(context, { ...options, state }, stack));
    });
}

async function up(context: Context, options: UpOptions & { readonly state: string }, stack: Stack): Promise<void> {
  stack.add(flushLast(context));
  const progress = terminalProgress();
  const { state } = options;
  await mkdir(state, { recursive: true, mode: 0o700 });
  const withCluster = options.withCluster === true;
  const servers = await ensureServers(['temporal', ...(withCluster ? controlPlaneServers : [])], { progress });
  claimState(state, { mendloop: packageVersion(context.root), temporal: servers.temporal.version });

  const starting = progress.start('starting');
  const [temporalServer, cluster] = await Promise.all([
    startTemporalServer({
      binary: servers.temporal,
      dataDir: state,
      dbFile: join(state, 'temporal.db'),
      port: port(options.temporalPort),
      uiPort: port(options.uiPort),
    }).then((server) => stack.add(server)),
    withCluster
      ? startControlPlane({ binaries: servers, dataDir: join(state, 'cluster') }).then((plane) => stack.add(plane))
      : undefined,
  ]);
  const { temporal: temporalSettings, kubernetes } = context.config;
  const config = {
    ...placeState(context.config, state),
    temporal: { ...temporalSettings, webUiUrl: temporalSettings.webUiUrl ?? temporalServer.uiUrl },
    kubernetes: cluster === undefined ? kubernetes : { ...kubernetes, kubeconfig: cluster.kubeconfigPath },
  };
  const here = { ...context, config };

  const serving = serve({ here, options, state, stack, temporalServer, cluster, starting });
  // Nothing goes on without it, and a supervisor can only start again what has ended.
  await Promise.race([serving, temporalServer.process.ended.then((exit) => Promise.reject(exit))]);
}

interface Started {
  readonly here: Context;
  readonly options: UpOptions;
  /** Folder of what is kept. */
  readonly state: string;
  readonly stack: Stack;
  readonly temporalServer: TemporalServer;
  readonly cluster: ControlPlane | undefined;
  readonly starting: ProgressTask;
}

/** API and worker on the servers that were started, until they end. */
async function serve({ here, options, state, stack, temporalServer, cluster, starting }: Started): Promise<void> {
  const { config } = here;
  const temporal = await connectTemporal(config.temporal, {
    address: temporalServer.address,
    namespace: temporalServer.namespace,
  });
  stack.add(stoppable(() => temporal.close()));
  // Its own default is a day.
  await ensureNamespace(temporal.client, { retentionDays: RETENTION_DAYS });
  const { store, policy, flagsObserver } = await openGround('up', { context: here, temporal, stack });
  const parts = { context: here, temporal, policy, store, stack };
  const { finished, observer } = await startWorker(parts);
  const { url, consoleUrl } = await startApi({ ...parts, flagsObserver, eager: true, observer, state });
  const forget = leavePointer({
    ...{
      command: 'mendloop up',
      state,
      temporal: { address: temporalServer.address, namespace: temporalServer.namespace },
    },
    ...defined({ config: options.config ?? namedByEnvironment().config }),
  });
  stack.add(
    stoppable(() => {
      forget();
      return Promise.resolve();
    }),
  );
  starting.done();

  const addresses = {
    console: consoleUrl,
    webhook: `${url}/webhooks/alertmanager`,
    metrics: `${url}/metrics`,
    webUi: temporalServer.uiUrl,
    temporal: temporalServer.address,
    kubeconfig: cluster?.kubeconfigPath,
    policyRevision: policy.revision,
    settingsFile: settingsFile(options.config === undefined ? {} : { path: options.config }),
  };
  console.log(options.json === true ? JSON.stringify(addresses) : describeUp(addresses, config));
  await finished;
}

function port(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > 65_535) throw new Error(`${text} is not a port number`);
  return number;
}
