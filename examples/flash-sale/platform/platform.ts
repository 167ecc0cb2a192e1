import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import {
  freePort,
  type PrometheusServer,
  type Stack,
  startAlertmanager,
  startControlPlane,
  startPrometheus,
  startTemporalServer,
  waitFor,
  type AlertmanagerServer,
  type ControlPlane,
  type TemporalServer,
} from '../../../dev/stack/index.ts';
import { applyManifests, type CpuLimits, readManifests } from '../cluster/apply-manifests.ts';
import { PodRunner } from '../cluster/pod-runner.ts';
import { DeploymentWatch } from '../observe/deployment-watch.ts';
import { Pager } from '../../runner/observe/pager.ts';
import { RemediationWatch } from '../../runner/observe/remediation-watch.ts';
import { ORDER_SERVICE } from '../observe/signals.ts';
import { buildDemoPolicy } from './demo-policy.ts';
import { mendloopConfig } from './mendloop-config.ts';
import { MendloopProcesses } from './mendloop-processes.ts';
import { alertmanagerConfig, prometheusConfig, prometheusRules } from './monitoring-config.ts';
import type { Servers } from './servers.ts';
import { taskQueueOf } from '../../../src/contract/task-queue.ts';

export const NAMESPACE = 'production';

/** Pods that the manifests ask for, all Deployments together. */
const PODS = 5;

const TASK_QUEUE = taskQueueOf({ temporal: { taskQueue: 'mendloop' }, kubernetes: { cluster: 'default' } });

export interface PlatformOptions {
  readonly servers: Servers;
  /** Takes everything that the run writes. */
  readonly directory: string;
  /** Gets every part as soon as it runs, so that a start that fails half-way is cleaned up as well. */
  readonly stack: Stack;
  readonly cpuLimits: CpuLimits;
  readonly dailyBudget: number;
}

/** Everything that runs, before there are customers. */
export interface Platform {
  readonly temporal: TemporalServer;
  readonly cluster: ControlPlane;
  readonly prometheus: PrometheusServer;
  readonly alertmanager: AlertmanagerServer;
  readonly pager: Pager;
  readonly pods: PodRunner;
  readonly orderService: DeploymentWatch;
  readonly remediations: RemediationWatch;
  readonly mendloop: MendloopProcesses;
  readonly apiUrl: string;
  /** Mendloop's settings. */
  readonly configFile: string;
  readonly endpointsFile: string;
  /** Of everything that it keeps. */
  readonly directory: string;
}

/** Settles when the shop serves and Mendloop listens. */
export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  const { servers, directory, stack } = options;
  const port = await freePort();
  const apiUrl = `http://127.0.0.1:${port}`;
  await mkdir(join(directory, 'prometheus'), { recursive: true });
  const [temporal, shop, monitoring, policyBundle] = await allSettled([
    startTemporal(options),
    startShop(options),
    startMonitoring(options, apiUrl),
    buildDemoPolicy({ opa: servers.opa.path, directory }),
  ]);

  const configFile = join(directory, 'mendloop.yaml');
  const config = mendloopConfig({
    port,
    tokenFile: monitoring.tokenFile,
    kubeconfig: shop.cluster.kubeconfigPath,
    prometheusUrl: monitoring.prometheus.url,
    alertmanagerUrl: monitoring.alertmanager.url,
    policyBundle,
    auditFolder: join(directory, 'audit'),
    ordersFolder: join(directory, 'orders'),
    dailyBudget: options.dailyBudget,
  });
  await writeFile(configFile, config);
  const temporalConfigFile = join(directory, 'temporal.toml');
  await writeFile(temporalConfigFile, '[profile.default]\n');
  const { address, namespace } = temporal;
  const remediations = stack.add(await RemediationWatch.connect({ address, namespace }));
  const mendloop = stack.add(
    await MendloopProcesses.start({
      configFile,
      logDir: directory,
      temporalAddress: address,
      temporalNamespace: namespace,
      temporalConfigFile,
      apiUrl,
      hasWorker: () => remediations.hasWorker(TASK_QUEUE),
    }),
  );
  return { temporal, ...shop, ...monitoring, remediations, mendloop, apiUrl, configFile, directory };
}

async function startTemporal({ servers, directory, stack }: PlatformOptions): Promise<TemporalServer> {
  return stack.add(await startTemporalServer({ binary: servers.temporal, dataDir: join(directory, 'temporal') }));
}

async function startShop({ servers, directory, stack, cpuLimits }: PlatformOptions) {
  const cluster = stack.add(await startControlPlane({ binaries: servers, dataDir: join(directory, 'kubernetes') }));
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromFile(cluster.kubeconfigPath);
  await applyManifests(kubeConfig, await readManifests(cpuLimits));
  const endpointsFile = join(directory, 'endpoints.json');
  const targetsFile = join(directory, 'prometheus', 'targets.json');
  const pods = stack.add(await PodRunner.start({ kubeConfig, namespace: NAMESPACE, endpointsFile, targetsFile }));
  const orderService = stack.add(
    await DeploymentWatch.start({ kubeConfig, namespace: NAMESPACE, name: ORDER_SERVICE }),
  );
  await waitFor(() => pods.serving().length === PODS, { what: `${PODS} Pods to serve`, timeoutMs: 30_000 });
  return { cluster, pods, orderService, endpointsFile };
}

async function startMonitoring({ servers, directory, stack }: PlatformOptions, apiUrl: string) {
  const pager = stack.add(await Pager.start());
  const dataDir = join(directory, 'alertmanager');
  const tokenFile = join(directory, 'webhook-token');
  await writeFile(tokenFile, randomBytes(24).toString('base64url'), { mode: 0o600 });
  const alertmanager = stack.add(
    await startAlertmanager({
      binary: servers.alertmanager,
      dataDir,
      config: await alertmanagerConfig({
        webhook: `${apiUrl}/webhooks/alertmanager`,
        tokenFile,
        pager: pager.url,
      }),
    }),
  );
  const prometheus = stack.add(
    await startPrometheus({
      binary: servers.prometheus,
      dataDir: join(directory, 'prometheus'),
      config: await prometheusConfig(new URL(alertmanager.url).host),
      ruleFiles: await prometheusRules(),
    }),
  );
  return { pager, alertmanager, prometheus, tokenFile };
}

/** Like `Promise.all`, but waits for all: what still starts after a failure would be stopped by no one. */
async function allSettled<T extends readonly unknown[]>(jobs: { [K in keyof T]: Promise<T[K]> }): Promise<T> {
  await Promise.allSettled(jobs);
  return Promise.all(jobs);
}
