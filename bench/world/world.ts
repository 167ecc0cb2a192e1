import { join } from 'node:path';
import { openGround, startApi, startWorker } from '../../src/cli/parts.ts';
import type { Context } from '../../src/cli/prepare.ts';
import { stoppable } from '../../src/cli/shutdown.ts';
import { createKubernetesClient, type KubernetesClient } from '../../src/clients/kubernetes/kubernetes-client.ts';
import { connectTemporal, type TemporalLink } from '../../src/clients/temporal/connect.ts';
import { type Config, configSchema } from '../../src/config/schema.ts';
import {
  controlPlaneServers,
  type Progress,
  type ServerBinary,
  type Stack,
  startControlPlane,
} from '../../dev/stack/index.ts';
import { packageRoot } from '../../src/local/package-root.ts';
import type { Store } from '../../src/store/store.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { installRuntime } from '../../src/workers/create-worker.ts';
import { startBareWorker } from '../bare/bare-worker.ts';
import { buildBenchPolicy } from './bench-policy.ts';
import { DeploymentWatch } from './deployment-watch.ts';
import { startBenchPrometheus } from './prometheus.ts';
import { startReplicaExporter } from './replica-exporter.ts';
import { type BenchTemporal, startBenchTemporal, type TemporalBinaries, type TemporalKind } from './temporal.ts';

/** What every benchmark needs, beside Temporal. */
export const NEEDED = ['opa', ...controlPlaneServers, 'prometheus'] as const;

/** More would take hours. */
export const MOST_ITERATIONS = 1000;

export interface World {
  readonly config: Config;
  /** What Mendloop's parts are started with. */
  readonly context: Context;
  readonly temporal: TemporalLink;
  readonly temporalServer: BenchTemporal;
  readonly kubernetes: KubernetesClient;
  /** Sees every Deployment, for as long as the world stands. */
  readonly watch: DeploymentWatch;
  readonly prometheusUrl: string;
  readonly kubeconfigPath: string;
  /** Mendloop's, for Alertmanager. */
  readonly webhookUrl: string;
  readonly store: Store;
  readonly stack: Stack;
  /** Takes what a benchmark writes; deleted at the end. */
  readonly directory: string;
  /** Rejects as soon as a worker fails: nothing would ever come to an end then. */
  readonly failure: Promise<never>;
}

export interface WorldOptions {
  readonly servers: Record<(typeof NEEDED)[number], ServerBinary> & TemporalBinaries;
  /** On what Temporal runs. */
  readonly kind: TemporalKind;
  readonly progress: Progress;
  readonly directory: string;
  /** Gets every part as soon as it runs. */
  readonly stack: Stack;
}

/** Starts the real servers, and Mendloop in this process as `mendloop up` does: one connection for API and worker. */
export async function startWorld({ servers, kind, progress, directory, stack }: WorldOptions): Promise<World> {
  const [server, cluster, bundle] = await allSettled([
    startBenchTemporal({ kind, servers, directory, stack, progress }),
    startControlPlane({ binaries: servers, dataDir: join(directory, 'cluster') }).then((part) => stack.add(part)),
    buildBenchPolicy({ opa: servers.opa.path, directory }),
  ]);
  const kubernetes = createKubernetesClient({
    ...configSchema.parse({}).kubernetes,
    kubeconfig: cluster.kubeconfigPath,
  });
  const watch = stack.add(await DeploymentWatch.start(kubernetes));
  const exporter = stack.add(await startReplicaExporter(watch));
  const prometheus = stack.add(
    await startBenchPrometheus({
      binary: servers.prometheus,
      dataDir: join(directory, 'prometheus'),
      target: exporter.address,
    }),
  );
  const config = configSchema.parse({
    api: { port: 0 },
    kubernetes: { kubeconfig: cluster.kubeconfigPath },
    targets: { namespaces: ['*'] },
    prometheus: { url: prometheus.url },
    policy: { bundle },
    cost: { budgets: { default: { daily: 1000, scope: 'namespace' } } },
    guards: { maxActionsPerHour: 100_000 },
    audit: { store: { type: 'embedded', folder: join(directory, 'audit') } },
    log: { level: 'error' },
  });
  const context = contextOf(config);
  const temporal = await connectTemporal(config.temporal, { address: server.address, namespace: server.namespace });
  stack.add(stoppable(() => temporal.close()));
  const { store, policy } = await openGround('up', { context, temporal, stack });
  const parts = { context, temporal, policy, store, stack };
  const worker = await startWorker(parts);
  const workers = [worker, await startBareWorker({ temporal, kubernetes, stack })];
  const failure = Promise.race(workers.map(({ finished }) => finished)).then(() => {
    throw new Error('a worker ended');
  });
  failure.catch(() => undefined); // It always rejects in the end, when the stack stops.
  const { url } = await startApi({ ...parts, eager: true, observer: worker.observer });
  return {
    ...{ config, context, temporal, temporalServer: server, kubernetes, watch, store, stack, directory, failure },
    prometheusUrl: prometheus.url,
    kubeconfigPath: cluster.kubeconfigPath,
    webhookUrl: `${url}/webhooks/alertmanager`,
  };
}

/** As the command line makes it, with the log on standard error: standard output is the table's. */
function contextOf(config: Config): Context {
  const logger = createLogger(config.log, { pretty: true });
  installRuntime(logger);
  return { config, logger, metrics: createMetrics(), root: packageRoot() };
}

/** Like `Promise.all`, but waits for all: what still starts after a failure would be stopped by no one. */
async function allSettled<T extends readonly unknown[]>(jobs: { [K in keyof T]: Promise<T[K]> }): Promise<T> {
  await Promise.allSettled(jobs);
  return Promise.all(jobs);
}
