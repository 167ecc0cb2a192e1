import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AlertmanagerServer,
  freePort,
  type Progress,
  type PrometheusServer,
  Stack,
  startAlertmanager,
  startControlPlane,
  startPrometheus,
} from '../../../dev/stack/index.ts';
import type { ActionName } from '../../../src/domain/actions/index.ts';
import type { FoundIllness } from '../find-illnesses.ts';
import { Pager } from '../observe/pager.ts';
import { RemediationWatch } from '../observe/remediation-watch.ts';
import { StateMetrics } from '../state-metrics/exporter.ts';
import { createAccount } from './account.ts';
import { ClusterHands } from './cluster-hands.ts';
import { type MendloopUp, startMendloopUp } from './mendloop-up.ts';
import { buildExamplesPolicy } from './policy.ts';
import type { ExampleServers } from './servers.ts';
import { alertmanagerSettings, mendloopSettings, prometheusSettings } from './settings.ts';

/** Controllers that some illness needs, beside those that every local cluster has. */
const CONTROLLERS = [
  'job-controller',
  'ttl-after-finished-controller',
  'persistentvolume-binder-controller',
  'persistentvolume-protection-controller',
  'persistentvolumeclaim-protection-controller',
];

/** An autoscaler would look only every 15 s. */
const CONTROLLER_MANAGER_ARGS = ['--horizontal-pod-autoscaler-sync-period=1s'];

/** Everything that runs, for all examples that were asked for. */
export interface ExamplesStack {
  readonly cluster: ClusterHands;
  readonly prometheus: PrometheusServer;
  readonly alertmanager: AlertmanagerServer;
  readonly pager: Pager;
  readonly remediations: RemediationWatch;
  readonly mendloop: MendloopUp;
  /** Of everything that it keeps. */
  readonly directory: string;
  stop(): Promise<void>;
}

export interface ExamplesStackOptions {
  readonly servers: ExampleServers;
  readonly illnesses: readonly FoundIllness[];
  readonly progress: Progress;
}

/**
 * Starts one control plane, one Prometheus with the rules of all the illnesses, one Alertmanager, and `mendloop up` as a
 * service account with their policies. Settles when Mendloop serves; stops everything when it does not come to that.
 */
export async function startExamplesStack(options: ExamplesStackOptions): Promise<ExamplesStack> {
  const stack = new Stack();
  const directory = await mkdtemp(join(tmpdir(), 'mendloop-examples-'));
  stack.add({ stop: () => rm(directory, { recursive: true, force: true }) });
  const task = options.progress.start('examples');
  try {
    task.update('starting Kubernetes, Prometheus, Alertmanager, Temporal and Mendloop');
    return { ...(await startParts({ ...options, stack, directory })), directory, stop: () => stack.stop() };
  } catch (error) {
    await stack.stop();
    throw error;
  } finally {
    task.done();
  }
}

type StartOptions = ExamplesStackOptions & { readonly stack: Stack; readonly directory: string };

async function startParts({ servers, illnesses, stack, directory }: StartOptions) {
  const plane = await startControlPlane({
    binaries: servers,
    dataDir: join(directory, 'kubernetes'),
    stages: illnesses.flatMap(({ stages }) => stages),
    controllers: CONTROLLERS,
    controllerManagerArgs: CONTROLLER_MANAGER_ARGS,
  });
  stack.add(plane);
  const cluster = stack.add(new ClusterHands(plane));
  const port = await freePort();
  const actions: readonly ActionName[] = illnesses.flatMap((illness) => illness.actions);
  const [monitoring, kubeconfig, policyBundle] = await allSettled([
    startMonitoring({ servers, illnesses, stack, directory, cluster, webhookPort: port }),
    createAccount(cluster, { directory, actions }),
    buildExamplesPolicy({ opa: servers.opa.path, directory, folders: illnesses.map(({ folder }) => folder) }),
  ]);
  const settingsFile = join(directory, 'mendloop.yaml');
  const { prometheus, alertmanager, pager, tokenFile } = monitoring;
  await writeFile(
    settingsFile,
    mendloopSettings({
      ...{ port, tokenFile, kubeconfig, policyBundle },
      ...{ prometheusUrl: prometheus.url, alertmanagerUrl: alertmanager.url },
    }),
  );
  const mendloop = stack.add(await startMendloopUp({ directory, settingsFile }));
  const remediations = stack.add(
    await RemediationWatch.connect({ address: mendloop.temporalAddress, namespace: 'default' }),
  );
  return { cluster, prometheus, alertmanager, pager, remediations, mendloop };
}

interface MonitoringOptions extends Omit<StartOptions, 'progress'> {
  readonly cluster: ClusterHands;
  readonly webhookPort: number;
}

async function startMonitoring({ servers, illnesses, stack, directory, cluster, webhookPort }: MonitoringOptions) {
  const [pager, stateMetrics] = await allSettled([Pager.start(), StateMetrics.start(cluster)]);
  stack.add(pager);
  stack.add(stateMetrics);
  const tokenFile = join(directory, 'webhook-token');
  await writeFile(tokenFile, randomBytes(24).toString('base64url'), { mode: 0o600 });
  const webhook = `http://127.0.0.1:${webhookPort}/webhooks/alertmanager`;
  const alertmanager = stack.add(
    await startAlertmanager({
      binary: servers.alertmanager,
      dataDir: join(directory, 'alertmanager'),
      config: await alertmanagerSettings({ webhook, tokenFile, pager: pager.url }),
    }),
  );
  const dataDir = join(directory, 'prometheus');
  await mkdir(dataDir, { recursive: true });
  const prometheus = stack.add(
    await startPrometheus({
      binary: servers.prometheus,
      dataDir,
      config: await prometheusSettings({
        alertmanager: new URL(alertmanager.url).host,
        stateMetrics: stateMetrics.address,
      }),
      ruleFiles: Object.fromEntries(illnesses.map(({ name, rules }) => [join('rules', `${name}.yml`), rules])),
    }),
  );
  return { pager, alertmanager, prometheus, tokenFile };
}

/** Like `Promise.all`, but waits for all: what still starts after a failure would be stopped by no one. */
async function allSettled<T extends readonly unknown[]>(jobs: { [K in keyof T]: Promise<T[K]> }): Promise<T> {
  await Promise.allSettled(jobs);
  return Promise.all(jobs);
}
