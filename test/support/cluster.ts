import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { createKubernetesClient, type KubernetesClient } from '../../src/clients/kubernetes/kubernetes-client.ts';
import { ApiClient } from '../../src/local/kubernetes/api.ts';
import { type ControlPlane, controlPlaneServers, ensureServers, startControlPlane } from '../../dev/stack/index.ts';
import { terminalProgress } from '../../dev/stack/index.ts';

import { PATIENCE_MS } from './patience.ts';

/** A real control plane with an administrator's hands on it, as a human has them. */
export interface TestCluster {
  readonly plane: ControlPlane;
  /** What Mendloop uses. */
  readonly kubernetes: KubernetesClient;
  /** What the human uses; its writes carry the field manager `kubectl`. */
  readonly human: Human;
  /** Of the control plane; gone with it. */
  readonly dataDir: string;
  stop(): Promise<void>;
}

export interface Human {
  get<T>(path: string): Promise<T>;
  create(path: string, body: object): Promise<void>;
  patch(path: string, body: object): Promise<void>;
  remove(path: string): Promise<void>;
  /** A Deployment of so many Pods; settles when it exists. */
  deploy(options: { namespace: string; name: string; replicas: number; cpu?: string; memory?: string }): Promise<void>;
}

/**
 * A control plane for all tests of a file, and for each of them a namespace of its own, which `begin` is told of before the
 * test.
 */
export function useTestCluster(
  prefix: string,
  begin: (here: { readonly cluster: TestCluster; readonly namespace: string }) => Promise<void> | void,
): void {
  let cluster: TestCluster | undefined;
  let serial = 0;
  beforeAll(async () => {
    cluster = await startTestCluster();
  });
  afterAll(async () => {
    await cluster?.stop();
  });
  beforeEach(async () => {
    if (cluster === undefined) throw new Error('the control plane has not started');
    serial += 1;
    const namespace = `${prefix}-${serial}`;
    await cluster.human.create('/api/v1/namespaces', { metadata: { name: namespace } });
    await begin({ cluster, namespace });
  });
}

export interface TestClusterOptions {
  /** What every container is taken to have logged; absent: there are no logs. */
  readonly log?: string;
  /** More Stages for kwok, as YAML. */
  readonly stages?: readonly string[];
}

export async function startTestCluster({ log, stages }: TestClusterOptions = {}): Promise<TestCluster> {
  const dataDir = await mkdtemp(join(tmpdir(), 'mendloop-cluster-'));
  const progress = terminalProgress();
  const binaries = await ensureServers(controlPlaneServers, { progress });
  const podLog = log === undefined ? undefined : await writeLog(dataDir, log);
  const plane = await startControlPlane({ binaries, dataDir, progress, podLog, stages });
  const api = new ApiClient(plane, { timeoutMs: PATIENCE_MS });
  const kubernetes = createKubernetesClient({
    cluster: 'default',
    kubeconfig: plane.kubeconfigPath,
    timeoutSeconds: PATIENCE_MS / 1000,
  });
  return {
    plane,
    dataDir,
    kubernetes,
    human: human(api),
    stop: async () => {
      api.close();
      await plane.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** As a container runtime writes it. Source: Kubernetes, CRI log format. */
async function writeLog(folder: string, log: string): Promise<string> {
  const path = join(folder, 'containers.log');
  const lines = log.trimEnd().split('\n');
  await writeFile(path, lines.map((line) => `2026-11-24T12:00:00.000000000Z stderr F ${line}\n`).join(''));
  return path;
}

function human(api: ApiClient): Human {
  const by = (path: string) => `${path}${path.includes('?') ? '&' : '?'}fieldManager=kubectl`;
  const create = async (path: string, body: object) => {
    await api.call({ method: 'POST', path: by(path), body });
  };
  return {
    get: async <T>(path: string) => (await api.call({ path })) as T,
    create,
    patch: async (path, body) => {
      await api.call({ method: 'PATCH', path: by(path), body });
    },
    remove: async (path) => {
      await api.call({ method: 'DELETE', path });
    },
    deploy: ({ namespace, name, replicas, cpu = '100m', memory = '64Mi' }) =>
      create(`/apis/apps/v1/namespaces/${namespace}/deployments`, {
        metadata: { name, labels: { app: name } },
        spec: {
          replicas,
          selector: { matchLabels: { app: name } },
          template: {
            metadata: { labels: { app: name } },
            spec: {
              containers: [{ name: 'main', image: 'example/none', resources: { requests: { cpu, memory } } }],
            },
          },
        },
      }),
  };
}
