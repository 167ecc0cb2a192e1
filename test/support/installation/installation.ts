import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { stringify } from 'yaml';
import {
  type AlertmanagerServer,
  ensureServers,
  freePort,
  type ManagedProcess,
  type PrometheusServer,
  Stack,
  startPrometheus,
  terminalProgress,
} from '../../../dev/stack/index.ts';
import { defined } from '../../../src/domain/defined.ts';
import { packageRoot } from '../../../src/local/package-root.ts';
import { policyBuildArguments } from '../../../src/workers/policy-bundle.ts';
import { startTestCluster, type TestCluster } from '../cluster.ts';
import { type Hold, startApiGate, type Stopped } from './api-gate.ts';
import { startInstallationAlertmanager } from './alertmanager.ts';
import { DeploymentHistory } from './deployment-history.ts';
import { type CommandResult, MendloopProcesses, type StartedBuild } from './mendloop-processes.ts';
import { type SignalExporter, startSignalExporter } from './signal-exporter.ts';
import { embeddedPlace, type PostgresPlace, startPostgresPlace, type StorePlace } from './store-place.ts';
import type { PostgresUnderTest } from './postgres-under-test.ts';
import { startDevPlace, type TemporalPlace } from './temporal-place.ts';

/** A whole installation of real parts: `mendloop api` and `mendloop worker` as processes, and everything they talk to. */
export interface Installation {
  readonly cluster: TestCluster;
  /** Of every Deployment. */
  readonly history: DeploymentHistory;
  readonly alertmanager: AlertmanagerServer;
  readonly prometheus: PrometheusServer;
  readonly signals: SignalExporter;
  /** By which Prometheus scrapes the signals. */
  readonly prometheusConfig: object;
  readonly client: Client;
  /** Of the API that Alertmanager's webhook goes to. */
  readonly apiUrl: string;
  /** Bearer token of that API's start, which the user of this machine finds in the state folder. */
  token(): string;
  /** Of Mendloop, as a file has them: for one that runs elsewhere. */
  readonly settings: object;
  /** `host:port`. */
  readonly temporalAddress: string;
  /** Starts `mendloop worker`; settles when it polls. */
  startWorker(build?: StartedBuild): Promise<ManagedProcess>;
  /** Starts `mendloop api`; settles when it is ready. */
  startApi(): Promise<ManagedProcess>;
  /** Holds up the next request of this kind to the API server; of an installation that is `gated`. */
  hold(stopped: Stopped): Hold;
  /** Every request to the API server so far, as `PATCH /apis/...?query`; of an installation that is `gated`. */
  asked(): readonly string[];
  /** One more `mendloop api`, on a port of its own. */
  startReplica(): Promise<{ readonly url: string }>;
  /** Runs a command of `mendloop` with these settings to its end. */
  command(...args: string[]): Promise<CommandResult>;
  /** Of commands of `mendloop` that are typed in a shell: they find these settings. */
  readonly environment: Readonly<Record<string, string>>;
  /** Holds its logs. */
  readonly directory: string;
  /** Ends Temporal as a crash would. */
  killTemporal(): Promise<void>;
  /** Starts it again on the same port and file. */
  restartTemporal(): Promise<void>;
  stop(): Promise<void>;
}

export interface PostgresInstallation extends Installation {
  readonly store: PostgresPlace;
}

/** Settings beside those that every installation has, or in place of them. */
type Settings = Readonly<Record<string, unknown>>;

/** The same, of what is known when the servers run. */
type SettingsOf = (servers: Pick<Installation, 'signals'>) => Settings;

export interface InstallationOptions {
  readonly settings?: SettingsOf;
  /** Whether Mendloop reaches the API server through a gate, at which its requests can be held up. */
  readonly gated?: boolean;
  /** Files and folders that the policy is built from, below the repository; absent: the tests' own `policy.rego`. */
  readonly policy?: readonly string[];
  /** More that kwok's kubelets meet: Stages as YAML. */
  readonly stages?: readonly string[];
  /** The dev server unless given. */
  readonly startTemporal?: (directory: string) => Promise<TemporalPlace>;
  /** Of a store on PostgreSQL: the server that it shares, asked when Temporal runs; one of its own unless given. */
  readonly sharedServer?: () => PostgresUnderTest;
}

/** API and worker share one folder, in which one of them has the database. */
export async function startInstallation(options: InstallationOptions = {}): Promise<Installation> {
  return await within(async (stack, directory) => {
    const servers = await startServers(stack, directory, options);
    return await install({ ...servers, ...options, place: embeddedPlace(directory) });
  });
}

/** API and worker share a PostgreSQL server. */
export async function startPostgresInstallation(options: InstallationOptions = {}): Promise<PostgresInstallation> {
  return await within(async (stack, directory) => {
    const servers = await startServers(stack, directory, options);
    const store = stack.add(await startPostgresPlace(migrationWith(directory), options.sharedServer?.()));
    return { ...(await install({ ...servers, ...options, place: store })), store };
  });
}

async function within<T extends Installation>(
  start: (stack: Stack, directory: string) => Promise<Omit<T, 'stop'>>,
): Promise<T> {
  const stack = new Stack();
  const directory = await mkdtemp(join(tmpdir(), 'mendloop-installation-'));
  const stop = async () => {
    await stack.stop();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    return { ...(await start(stack, directory)), stop } as T;
  } catch (error) {
    await stop();
    throw error;
  }
}

/** `mendloop audit migrate`, as an operator runs it. */
function migrationWith(directory: string) {
  return async ({ settings: audit, env }: Pick<StorePlace, 'settings' | 'env'>): Promise<void> => {
    const config = join(directory, 'migration.yaml');
    await writeFile(config, stringify({ audit }));
    const processes = new MendloopProcesses({ directory, env });
    await processes.run(['audit', 'migrate', '--config', config, '--user', 'postgres']);
  };
}

const OWN_POLICY = join('test', 'support', 'installation', 'policy.rego');

type Servers = Awaited<ReturnType<typeof startServers>>;

/** Everything that Mendloop talks to, but for its store. */
async function startServers(stack: Stack, directory: string, options: InstallationOptions) {
  const { startTemporal = startDevPlace, policy = [OWN_POLICY], stages } = options;
  const binaries = await ensureServers(['opa', 'prometheus', 'alertmanager'], { progress: terminalProgress() });
  const apiPort = await freePort();
  const temporal = stack.add(await startTemporal(directory));
  const cluster = stack.add(await startTestCluster(defined({ stages })));
  const history = stack.add(await DeploymentHistory.start(cluster.kubernetes));
  const signals = stack.add(await startSignalExporter());
  const prometheusConfig = {
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    scrape_configs: [{ job_name: 'signals', static_configs: [{ targets: [signals.address] }] }],
  };
  const prometheus = stack.add(
    await startPrometheus({
      binary: binaries.prometheus,
      dataDir: join(directory, 'prometheus'),
      config: stringify(prometheusConfig),
    }),
  );
  const alertmanager = stack.add(
    await startInstallationAlertmanager({
      binary: binaries.alertmanager,
      dataDir: join(directory, 'alertmanager'),
      webhookUrl: `http://127.0.0.1:${apiPort}/webhooks/alertmanager`,
    }),
  );
  const bundle = join(directory, 'policy.tar.gz');
  const args = policyBuildArguments({ sources: policy, output: bundle, revision: 'e2e' });
  await promisify(execFile)(binaries.opa.path, args, { cwd: packageRoot() });
  return {
    stack,
    directory,
    apiPort,
    temporal,
    cluster,
    history,
    signals,
    prometheus,
    prometheusConfig,
    alertmanager,
    bundle,
  };
}

interface InstallRequest extends Servers, InstallationOptions {
  readonly place: StorePlace;
}

/** Mendloop itself. */
async function install(request: InstallRequest): Promise<Omit<Installation, 'stop'>> {
  const { stack, directory, apiPort, temporal, prometheus, alertmanager, bundle } = request;
  const { cluster, history, signals, prometheusConfig, settings = () => ({}), gated = false } = request;
  const gate = gated ? stack.add(await startApiGate(cluster.plane)) : undefined;
  const kubeconfig = gate === undefined ? cluster.plane.kubeconfigPath : join(directory, 'kubeconfig');
  if (gate !== undefined) {
    await writeFile(kubeconfig, stringify(gate.kubeconfigFor(cluster.plane.token)), { mode: 0o600 });
  }
  const atGate = () => {
    if (gate === undefined) throw new Error('only a gated installation sees requests');
    return gate;
  };
  const settingsOf = (port: number) => ({
    api: { port },
    kubernetes: { kubeconfig },
    targets: { namespaces: ['*'] },
    prometheus: { url: prometheus.url },
    alerts: {
      confirm: {
        alertmanager: { url: alertmanager.url },
        // What comes from this sender is looked for where no such alert is.
        senders: { 'by-hand': { source: 'prometheus' } },
      },
    },
    policy: { bundle },
    guards: { maxActionsPerHour: 300 },
    worker: { port: 0 },
    audit: request.place.settings,
    cost: { budgets: { default: { daily: 1000, scope: 'namespace' } } },
    notifications: { channels: { 'on-call': { type: 'alertmanager', endpoint: { url: alertmanager.url } } } },
    ...settings({ signals }),
  });
  const configFor = async (port: number) => {
    const file = join(directory, `mendloop-${port}.yaml`);
    await writeFile(file, stringify(settingsOf(port)));
    return file;
  };
  const connection = await Connection.connect({ address: temporal.address });
  stack.add({ stop: () => connection.close() });
  const client = new Client({ connection });
  const env = { ...request.place.env, TEMPORAL_ADDRESS: temporal.address };
  const processes = stack.add(new MendloopProcesses({ directory, env }));
  const config = await configFor(apiPort);
  const apiUrl = `http://127.0.0.1:${apiPort}`;
  return {
    ...{ cluster, history, alertmanager, prometheus, prometheusConfig, signals, client, apiUrl, directory },
    settings: settingsOf(apiPort),
    temporalAddress: temporal.address,
    token: () => processes.tokenOf(apiUrl),
    hold: (stopped) => atGate().hold(stopped),
    asked: () => atGate().asked(),
    startWorker: (build) => processes.startWorker({ config, client, ...build }),
    startApi: () => processes.startApi({ config, url: apiUrl }),
    startReplica: async () => {
      const port = await freePort();
      const url = `http://127.0.0.1:${port}`;
      await processes.startApi({ config: await configFor(port), url });
      return { url };
    },
    environment: { ...processes.env, MENDLOOP_CONFIG: config },
    command: (...args) => processes.tryRun([...args, '--config', config]),
    killTemporal: () => temporal.kill(),
    restartTemporal: () => temporal.restart(),
  };
}
