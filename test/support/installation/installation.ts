import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import { stringify } from 'yaml';
import {
  type AlertmanagerServer,
  ensureServers,
  freePort,
  type ManagedProcess,
  type PrometheusServer,
  Stack,
  startAlertmanager,
  startPrometheus,
  startTemporalServer,
  Supervisor,
  type TemporalServer,
  terminalProgress,
} from '../../../dev/stack/index.ts';
import { policyBuildArguments } from '../../../src/workers/policy-bundle.ts';
import { startTestCluster, type TestCluster } from '../cluster.ts';
import { type SignalExporter, startSignalExporter } from './signal-exporter.ts';

const MAIN = join(import.meta.dirname, '..', '..', '..', 'src', 'cli', 'main.ts');

/** A whole installation of real parts: `mendloop api` and `mendloop worker` as processes, and everything they talk to. */
export interface Installation {
  readonly cluster: TestCluster;
  readonly alertmanager: AlertmanagerServer;
  readonly prometheus: PrometheusServer;
  readonly signals: SignalExporter;
  readonly client: Client;
  readonly apiUrl: string;
  /** Starts `mendloop worker`; settles when the process runs. */
  startWorker(): Promise<ManagedProcess>;
  startApi(): Promise<ManagedProcess>;
  /** Ends Temporal as a crash would, and starts it again on the same port and file. */
  crashTemporal(): Promise<void>;
  stop(): Promise<void>;
}

export async function startInstallation(extra: Record<string, unknown> = {}): Promise<Installation> {
  const stack = new Stack();
  const directory = await mkdtemp(join(tmpdir(), 'mendloop-installation-'));
  try {
    return await start(stack, directory, extra);
  } catch (error) {
    await stack.stop();
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

async function start(stack: Stack, directory: string, extra: Record<string, unknown>): Promise<Installation> {
  const binaries = await ensureServers(['temporal', 'opa', 'prometheus', 'alertmanager'], {
    progress: terminalProgress(),
  });
  const ports = { temporal: await freePort(), api: await freePort() };
  const apiUrl = `http://127.0.0.1:${ports.api}`;
  const temporalServer = () =>
    startTemporalServer({
      binary: binaries.temporal,
      dataDir: join(directory, 'temporal'),
      dbFile: join(directory, 'temporal.db'),
      port: ports.temporal,
      headless: true,
    });
  await mkdir(join(directory, 'temporal'));
  let temporal: TemporalServer = await temporalServer();
  stack.add({ stop: () => temporal.stop() });
  const cluster = stack.add(await startTestCluster());
  const signals = stack.add(await startSignalExporter());
  const prometheus = stack.add(
    await startPrometheus({
      binary: binaries.prometheus,
      dataDir: join(directory, 'prometheus'),
      config: stringify({
        global: { scrape_interval: '1s', scrape_timeout: '1s' },
        scrape_configs: [{ job_name: 'signals', static_configs: [{ targets: [signals.address] }] }],
      }),
    }),
  );
  const alertmanager = stack.add(
    await startAlertmanager({
      binary: binaries.alertmanager,
      dataDir: join(directory, 'alertmanager'),
      config: stringify({
        route: {
          receiver: 'mendloop',
          group_by: ['...'],
          group_wait: '0s',
          group_interval: '1s',
          repeat_interval: '1s',
          routes: [{ receiver: 'nobody', matchers: ['alertname="RemediationFailed"'] }],
        },
        receivers: [
          { name: 'mendloop', webhook_configs: [{ url: `${apiUrl}/webhooks/alertmanager`, send_resolved: true }] },
          { name: 'nobody' },
        ],
      }),
    }),
  );

  const bundle = join(directory, 'policy.tar.gz');
  const sources = [join('installation', 'policy.rego')];
  const args = policyBuildArguments({ sources, output: bundle, revision: 'e2e' });
  await promisify(execFile)(binaries.opa.path, args, { cwd: join(import.meta.dirname, '..') });
  const configFile = join(directory, 'mendloop.yaml');
  const config = {
    api: { port: ports.api },
    kubernetes: { kubeconfig: cluster.plane.kubeconfigPath },
    prometheus: { url: prometheus.url },
    policy: { bundle },
    guards: { maxActionsPerHour: 300 },
    worker: { port: 0 },
    audit: { store: { type: 'embedded', folder: join(directory, 'audit') } },
    cost: { budgets: { default: { daily: 1000, scope: 'namespace' } } },
    notifications: { channels: { 'on-call': { type: 'alertmanager', endpoint: { url: alertmanager.url } } } },
    ...extra,
  };
  await writeFile(configFile, stringify(config));
  const temporalConfigFile = join(directory, 'temporal.toml');
  await writeFile(temporalConfigFile, '[profile.default]\n');

  const supervisor = stack.add(new Supervisor({ logDir: directory }));
  let serial = 0;
  const run = (command: 'api' | 'worker', ready: () => Promise<boolean>) =>
    supervisor.start({
      name: `mendloop-${command}-${(serial += 1)}`,
      command: process.execPath,
      args: [MAIN, command, '--config', configFile],
      env: {
        TEMPORAL_ADDRESS: `127.0.0.1:${ports.temporal}`,
        TEMPORAL_NAMESPACE: 'default',
        TEMPORAL_CONFIG_FILE: temporalConfigFile,
        TEMPORAL_TLS: 'false',
        XDG_STATE_HOME: directory,
      },
      ready,
      readyWithinMs: 60_000,
    });
  const connection = await Connection.connect({ address: `127.0.0.1:${ports.temporal}` });
  stack.add({ stop: () => connection.close() });
  const client = new Client({ connection });
  return {
    cluster,
    alertmanager,
    prometheus,
    signals,
    client,
    apiUrl,
    startWorker: async () => {
      const since = Date.now();
      // Temporal remembers the polls of a worker that was killed: only a newer one is the new worker's.
      return await run('worker', () => isPolled(client, 'mendloop', since));
    },
    startApi: () => run('api', async () => (await fetch(`${apiUrl}/readyz`)).ok),
    crashTemporal: async () => {
      await temporal.process.kill();
      await temporal.stop();
      temporal = await temporalServer();
    },
    stop: async () => {
      await stack.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function isPolled(client: Client, taskQueue: string, since: number): Promise<boolean> {
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace: 'default',
    taskQueue: { name: taskQueue },
    taskQueueType: proto.temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
  });
  return pollers.some(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1000 > since);
}
