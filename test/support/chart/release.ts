import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { stringify } from 'yaml';
import {
  type AlertmanagerServer,
  ensureServers,
  freePort,
  type PrometheusServer,
  Stack,
  startAlertmanager,
  startPrometheus,
  terminalProgress,
} from '../../../dev/stack/index.ts';
import type { RemediationDetail } from '../../../src/api/remediations/remediations.ts';
import { remediationId } from '../../../src/domain/alert/remediation-id.ts';
import { policyBuildArguments } from '../../../src/workers/policy-bundle.ts';
import { startTestCluster, type TestCluster } from '../cluster.ts';
import { type Container } from '../image/container.ts';
import { relay } from '../image/relay.ts';
import { fingerprintOf } from '../installation/fingerprint.ts';
import { type SignalExporter, startSignalExporter } from '../installation/signal-exporter.ts';
import { at, CHART_FOLDER, type Helm, startHelm } from './helm.ts';
import { installRelease } from './install-release.ts';
import { Kubelet } from './kubelet.ts';

/** Seconds, of which the objective allows 0.2. */
const SLOW = 1.5;
const FAST = 0.1;

const POLICY = join('installation', 'policy.rego');

/** What a release of the chart lives with: a cluster, Helm, Prometheus, and an Alertmanager that calls its Service. */
export interface ReleaseWorld {
  readonly cluster: TestCluster;
  readonly helm: Helm;
  readonly kubelet: Kubelet;
  readonly prometheus: PrometheusServer;
  readonly alertmanager: AlertmanagerServer;
  readonly signals: SignalExporter;
  /** Of the release's Service, which leads to the Pod that `serve` was told last. */
  readonly servicePort: number;
  /** Everything on this machine that a Pod reaches. */
  readonly ports: readonly number[];
  /** Values that every release here needs: the Service's port, the servers, the policy. */
  readonly values: object;
  /** A folder of the tests' own, which every user may enter. */
  readonly folder: string;
  /** Namespace, policy and Secrets; then the release, by Helm. */
  install(release: string, options: { values: object; secrets?: Readonly<Record<string, object>> }): Promise<void>;
  /** By Helm, as docs/upgrade.md says it, with `--set` of each of these. */
  upgrade(release: string, ...set: readonly string[]): Promise<void>;
  /** `spec` of the Pods that a workload of the release makes, as the API server has it. */
  podOf(release: string, kind: 'deployments' | 'statefulsets', name: string): Promise<unknown>;
  /** The Service leads to this Pod from now on. */
  serve(container: Container): Promise<void>;
  /** What Alertmanager sends as its bearer. */
  giveToken(token: string): Promise<void>;
  stop(): Promise<void>;
}

export async function startReleaseWorld(): Promise<ReleaseWorld> {
  const stack = new Stack();
  const folder = await mkdtemp(join(tmpdir(), 'mendloop-release-'));
  await chmod(folder, 0o755);
  stack.add({ stop: () => rm(folder, { recursive: true, force: true }) });
  try {
    return await startIn(folder, stack);
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

async function startIn(folder: string, stack: Stack): Promise<ReleaseWorld> {
  const binaries = await ensureServers(['opa', 'prometheus', 'alertmanager'], { progress: terminalProgress() });
  const helm = await startHelm();
  stack.add({ stop: () => helm.close() });
  const cluster = stack.add(await startTestCluster());
  const signals = stack.add(await startSignalExporter());
  const prometheus = stack.add(
    await startPrometheus({
      binary: binaries.prometheus,
      dataDir: join(folder, 'prometheus'),
      config: stringify({
        global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
        scrape_configs: [{ job_name: 'signals', static_configs: [{ targets: [signals.address] }] }],
      }),
    }),
  );
  const servicePort = await freePort();
  const tokenFile = join(folder, 'webhook-token');
  const alertmanager = stack.add(
    await startAlertmanager({
      binary: binaries.alertmanager,
      dataDir: join(folder, 'alertmanager'),
      config: stringify(receiver(servicePort, tokenFile)),
    }),
  );
  let service: { stop(): Promise<void> } | undefined;
  stack.add({ stop: async () => service?.stop() });
  const bundle = join(folder, 'policy.tar.gz');
  const args = policyBuildArguments({ sources: [POLICY], output: bundle, revision: 'chart' });
  await promisify(execFile)(binaries.opa.path, args, { cwd: join(import.meta.dirname, '..') });

  return {
    ...{ cluster, helm, prometheus, alertmanager, signals, servicePort, folder },
    kubelet: new Kubelet(cluster),
    ports: [prometheus, alertmanager].map(({ url }) => Number(new URL(url).port)),
    values: {
      service: { port: servicePort },
      mounts: { policy: { configMap: 'mendloop-policy' } },
      config: {
        prometheus: { url: prometheus.url },
        alerts: { confirm: { alertmanager: { url: alertmanager.url } } },
        policy: { bundle: '/etc/mendloop/mounts/policy/policy.tar.gz' },
        cost: { budgets: { default: { daily: 1000, scope: 'namespace' } } },
      },
      remediation: { mode: 'auto' },
    },
    install: async (release, { values, secrets = {} }) => {
      await installRelease({ helm, cluster }, release, {
        values,
        before: async () => {
          const core = `/api/v1/namespaces/${release}`;
          const binaryData = { 'policy.tar.gz': (await readFile(bundle)).toString('base64') };
          await cluster.human.create(`${core}/configmaps`, { metadata: { name: 'mendloop-policy' }, binaryData });
          for (const [name, stringData] of Object.entries(secrets)) {
            await cluster.human.create(`${core}/secrets`, { metadata: { name }, stringData });
          }
        },
      });
    },
    upgrade: async (release, ...set) => {
      await helm.run(
        ...['upgrade', release, CHART_FOLDER, '--namespace', release, '--reset-then-reuse-values'],
        ...set.flatMap((one) => ['--set', one]),
        ...['--kubeconfig', cluster.plane.kubeconfigPath],
      );
    },
    podOf: async (release, kind, name) =>
      at(await cluster.human.get(`/apis/apps/v1/namespaces/${release}/${kind}/${name}`), 'spec.template.spec'),
    serve: async (container) => {
      await service?.stop();
      service = await relay({ port: servicePort }, { port: Number(new URL(container.urls.get(8080) ?? '').port) });
    },
    giveToken: (token) => writeFile(tokenFile, token),
    stop: () => stack.stop(),
  };
}

function receiver(port: number, tokenFile: string): object {
  const authorization = { type: 'Bearer', credentials_file: tokenFile };
  const url = `http://127.0.0.1:${port}/webhooks/alertmanager`;
  return {
    route: {
      ...{ receiver: 'mendloop', group_by: ['...'] },
      ...{ group_wait: '0s', group_interval: '1s', repeat_interval: '1s' },
    },
    receivers: [{ name: 'mendloop', webhook_configs: [{ url, send_resolved: true, http_config: { authorization } }] }],
  };
}

/** A Deployment of two Pods that is slow. */
export class SlowDeployment {
  readonly #world: ReleaseWorld;
  readonly #startsAt = new Date().toISOString();
  readonly labels: Readonly<Record<string, string>>;
  readonly path: string;

  private constructor(world: ReleaseWorld, { namespace, name }: { namespace: string; name: string }) {
    this.#world = world;
    this.labels = { alertname: 'Slow', namespace, deployment: name, severity: 'critical', deadline: '120' };
    this.path = `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`;
  }

  static async begin(world: ReleaseWorld, where: { namespace: string; name: string }): Promise<SlowDeployment> {
    const { signals, cluster, prometheus } = world;
    signals.latency.set(where.name, SLOW);
    await cluster.human.deploy({ ...where, replicas: 2 });
    const one = new SlowDeployment(world, where);
    await expect.poll(() => one.#look('status.readyReplicas'), { timeout: 60_000 }).toBe(2);
    const query = new URLSearchParams({ query: `test_latency_seconds{deployment="${where.name}"}` });
    const measured = async () =>
      (await (await fetch(`${prometheus.url}/api/v1/query?${query.toString()}`)).text()).includes(`"${SLOW}"`);
    await expect.poll(measured, { timeout: 90_000 }).toBe(true);
    return one;
  }

  async #look(path: string): Promise<unknown> {
    return at(await this.#world.cluster.human.get(this.path), path);
  }

  replicas(): Promise<unknown> {
    return this.#look('spec.replicas');
  }

  recover(): void {
    this.#world.signals.latency.set(this.labels['deployment'] ?? '', FAST);
  }

  /** Tells Alertmanager, as Prometheus does. */
  async tell(status: 'firing' | 'resolved'): Promise<void> {
    const endsAt = new Date(Date.now() + (status === 'firing' ? 600_000 : 0)).toISOString();
    const response = await fetch(`${this.#world.alertmanager.url}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify([{ labels: this.labels, annotations: {}, startsAt: this.#startsAt, endsAt }]),
    });
    expect(response.status).toBe(200);
  }
}

/** What the API of the release says, at its Service, to who has the token. */
export class ReleaseApi {
  readonly #url: string;
  readonly #token: string;

  constructor({ servicePort }: ReleaseWorld, token: string) {
    this.#url = `http://127.0.0.1:${servicePort}/api/v1`;
    this.#token = token;
  }

  async #get<T>(path: string): Promise<T> {
    const response = await fetch(`${this.#url}${path}`, { headers: { Authorization: `Bearer ${this.#token}` } });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  /** IDs of all remediations. */
  async remediations(): Promise<string[]> {
    const { items } = await this.#get<{ items: { id: string }[] }>('/remediations');
    return items.map(({ id }) => id);
  }

  /** All that is known of the remediation of its alert; undefined before there is one. */
  async remediationOf({ labels }: SlowDeployment): Promise<RemediationDetail | undefined> {
    const identity = { cluster: 'default', alertName: labels['alertname'] ?? '', fingerprint: fingerprintOf(labels) };
    const id = remediationId({ ...identity, n: 1 });
    return await this.#get<RemediationDetail>(`/remediations/${encodeURIComponent(id)}`).catch(() => undefined);
  }

  /** Waits until the remediation is at this step. */
  async untilStep(one: SlowDeployment, step: string): Promise<void> {
    const seen = async () => (await this.remediationOf(one))?.status?.step;
    await expect.poll(seen, { timeout: 90_000, interval: 200 }).toBe(step);
  }

  /** Waits for its end, and gives its outcome with what it says. */
  async end(one: SlowDeployment): Promise<string> {
    const ended = async () => (await this.remediationOf(one))?.remediation.state;
    await expect.poll(ended, { timeout: 90_000, interval: 200 }).toBe('closed');
    const { remediation, status } = (await this.remediationOf(one)) ?? {};
    return `${remediation?.outcome}: ${JSON.stringify(status)}`;
  }
}

/** Makes a folder that stands for a claim's volume. */
export async function makeVolume(world: ReleaseWorld, name: string): Promise<string> {
  const folder = join(world.folder, name);
  await mkdir(folder, { mode: 0o777 });
  await chmod(folder, 0o777);
  return folder;
}
