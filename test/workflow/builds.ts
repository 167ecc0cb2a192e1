import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@temporalio/client';
import { NativeConnection, type Worker, type WorkflowBundleOption } from '@temporalio/worker';
import { inject, vi } from 'vitest';
import type { WorkerVersion } from '../../src/config/worker-version.ts';
import { configSchema } from '../../src/config/schema.ts';
import { REMEDIATION_WORKFLOW, STATUS_QUERY } from '../../src/contract/remediation.ts';
import { startSearchAttributes } from '../../src/contract/search-attributes.ts';
import { taskQueueOf } from '../../src/contract/task-queue.ts';
import type { RemediationStatus } from '../../src/domain/remediation/remediation.ts';
import { Order } from '../../src/domain/orders/seal.ts';
import { packageRoot } from '../../src/local/package-root.ts';
import { createMetrics, type Metrics } from '../../src/telemetry/metrics.ts';
import { createWorker } from '../../src/workers/create-worker.ts';
import { workflowBundle } from '../../src/workers/workflow-bundle.ts';
import { bundleWorkflows } from '../../tools/bundle-workflows.ts';
import { anAlert } from '../support/alerts.ts';
import { unsigned } from '../support/orders.ts';
import { PATIENCE_MS } from '../support/patience.ts';
import { aDecision, aPlan } from '../support/plans.ts';
import { FakeWorld } from './fake-world.ts';

/** A build of the workflows: this one, or one of `test/replay`. */
export type Build = 'this' | 'changed' | 'patched' | 'fewer' | 'newer';

/** An installation's place on the shared Temporal, with workers of several builds. */
export class Builds {
  readonly taskQueue: string;
  readonly client: Client;
  readonly folder: string;
  readonly #name: string;
  readonly #connection: NativeConnection;
  readonly #bundles = new Map<Build, string>();
  #serial = 0;

  private constructor(name: string, parts: { folder: string; connection: NativeConnection }) {
    this.#name = name;
    this.folder = parts.folder;
    this.#connection = parts.connection;
    this.client = new Client({ connection: parts.connection });
    this.taskQueue = taskQueueOf({ temporal: { taskQueue: name }, kubernetes: { cluster: 'default' } });
  }

  static async open(name: string): Promise<Builds> {
    const connection = await NativeConnection.connect({ address: inject('temporalAddress') });
    const folder = await mkdtemp(join(tmpdir(), 'mendloop-builds-'));
    const builds = new Builds(`${name}-${process.pid}`, { folder, connection });
    await writeFile(builds.settings, `temporal: { taskQueue: ${builds.#name} }\n`);
    return builds;
  }

  /** File of settings for commands. */
  get settings(): string {
    return join(this.folder, 'mendloop.yaml');
  }

  /** File of a build's workflow bundle. */
  async bundle(build: Build): Promise<string> {
    const known = this.#bundles.get(build);
    if (known !== undefined) return known;
    const file = build === 'this' ? thisBundle() : join(this.folder, `${build}.js`);
    if (build !== 'this') {
      const { code } = await bundleWorkflows(join(packageRoot(), 'test', 'replay', `${build}-workflows.ts`));
      await writeFile(file, code);
    }
    this.#bundles.set(build, file);
    return file;
  }

  /** Runs a worker of a build while `use` runs. Its remediations wait for approval. */
  async withWorker<T>(
    options: { readonly build?: Build; readonly version?: WorkerVersion; readonly metrics?: Metrics },
    use: (worker: Worker) => Promise<T>,
  ): Promise<T> {
    const { build = 'this', version, metrics = createMetrics() } = options;
    const worker = await createWorker({
      ...{ taskQueue: this.taskQueue, connection: this.#connection, namespace: 'default', metrics, version },
      settings: { ...configSchema.parse({}).temporal, shutdownGraceSeconds: 1 },
      workflowBundle: { codePath: await this.bundle(build) },
      activities: new FakeWorld({ decide: () => Promise.resolve(waiting) }).activities,
    });
    return await worker.runUntil(() => use(worker));
  }

  /** Starts one on a version, as soon as Temporal takes it: that its pollers are listed says not yet that it is known. */
  async startPinnedTo(version: WorkerVersion) {
    return await vi.waitFor(() => this.start({ pinnedTo: version }), { timeout: PATIENCE_MS, interval: 100 });
  }

  /** Starts a remediation that waits for approval once a worker has it. */
  async start(versioned?: { readonly pinnedTo: WorkerVersion }) {
    const alert = anAlert();
    const workflowId = `remediation/default/${this.#name}/${(this.#serial += 1)}/1`;
    return await this.client.workflow.start(REMEDIATION_WORKFLOW, {
      ...{ workflowId, taskQueue: this.taskQueue },
      args: [unsigned({ order: Order.Start, remediationId: workflowId, said: { alert, cluster: 'default' } })],
      typedSearchAttributes: startSearchAttributes(alert, undefined),
      ...(versioned && { versioningOverride: versioned }),
    });
  }

  async stepOf(workflowId: string): Promise<RemediationStatus['step']> {
    return (await this.client.workflow.getHandle(workflowId).query<RemediationStatus>(STATUS_QUERY)).step;
  }

  /** Ends what has been started here, however far it is. */
  async close(): Promise<void> {
    const query = `TaskQueue = '${this.taskQueue}' AND ExecutionStatus = 'Running'`;
    for await (const { workflowId } of this.client.workflow.list({ query })) {
      await this.client.workflow.getHandle(workflowId).terminate();
    }
    await this.#connection.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

const waiting = { ...aDecision(aPlan({ approval: {} })), mode: 'approve' as const } as ReturnType<typeof aDecision>;

function thisBundle(): string {
  const bundle: WorkflowBundleOption = workflowBundle(packageRoot());
  if (!('codePath' in bundle)) throw new Error('the bundle of this build is a file');
  return bundle.codePath;
}
