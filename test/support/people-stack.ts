import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@temporalio/client';
import { type InjectedSinks, NativeConnection, Worker } from '@temporalio/worker';
import { createApi } from '../../src/api/create-api.ts';
import { serveApi } from '../../src/api/serve-api.ts';
import { createTemporalStarter } from '../../src/api/webhook/temporal-starter.ts';
import { remediationsAndGuards } from '../../src/cli/people.ts';
import { type Config, configSchema } from '../../src/config/schema.ts';
import type { Alert } from '../../src/domain/alert/alert.ts';
import { guardTaskQueue } from '../../src/domain/guards/names.ts';
import { remediationId } from '../../src/domain/alert/remediation-id.ts';
import { ensureServers, startTemporalServer, terminalProgress } from '../../dev/stack/index.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { installRuntime } from '../../src/workers/create-worker.ts';
import type { TelemetrySinks } from '../../src/workflows/tracing/sinks.ts';
import { bundleWorkflows } from '../../tools/bundle-workflows.ts';
import { FakeWorld } from '../workflow/fake-world.ts';
import { aDecision, aPlan } from './plans.ts';

export const LINK_SECRET = 'l'.repeat(32);

/** Name of an alert whose remediation waits for a human; every other is remediated at once and watches. */
export const ASKS_FOR_APPROVAL = 'NeedsApproval';

/** The real API and the real workflows on a real Temporal server; only what lies behind the activities is a script. */
export interface PeopleStack {
  readonly client: Client;
  /** `host:port` of Temporal. */
  readonly address: string;
  readonly config: Config;
  readonly url: string;
  readonly world: FakeWorld;
  /** Task queue of the worker that runs; another has nobody who would answer. */
  readonly taskQueue: string;
  /** Starts a remediation as the webhook does, and gives its ID. */
  start(alert: Alert): Promise<string>;
  /** Asks below `/api/v1`; a body makes it a POST. */
  ask(path: string, body?: object, headers?: Record<string, string>): Promise<Response>;
  stop(): Promise<void>;
}

export async function startPeopleStack({ world = scriptedWorld() }: { world?: FakeWorld } = {}): Promise<PeopleStack> {
  installRuntime(createLogger({ level: 'error' }));
  const dataDir = await mkdtemp(join(tmpdir(), 'mendloop-people-'));
  const { temporal } = await ensureServers(['temporal'], { progress: terminalProgress() });
  const server = await startTemporalServer({ binary: temporal, dataDir, headless: true });
  const connection = await NativeConnection.connect({ address: server.address });
  const client = new Client({ connection });
  const taskQueue = `people-${randomUUID()}`;
  const workflowBundle = await bundleWorkflows();
  const workerOn = (queue: string) =>
    Worker.create({ connection, taskQueue: queue, workflowBundle, activities: world.activities, sinks: silentSinks });
  const workers = [await workerOn(taskQueue), await workerOn(guardTaskQueue(taskQueue))];
  const running = Promise.all(workers.map((worker) => worker.run()));

  const config = configSchema.parse({
    api: { port: 0 },
    temporal: { taskQueue, webUiUrl: 'http://temporal.example/' },
  });
  const metrics = createMetrics();
  const logger = createLogger({ level: 'error' });
  const starter = createTemporalStarter({ client, taskQueue });
  const app = createApi({
    ...{ settings: config.api, starter, metrics, logger },
    readiness: { temporal: () => Promise.resolve(true), policy: () => true },
    people: { users: [], linkSecret: () => LINK_SECRET, ...remediationsAndGuards(config, client) },
  });
  const api = await serveApi(app, config.api);
  return {
    ...{ client, address: server.address, config, url: api.url, world, taskQueue },
    start: async (alert) => {
      await starter.start(alert);
      return remediationId(alert);
    },
    ask: (path, body, headers = {}) =>
      fetch(`${api.url}/api/v1${path}`, {
        headers,
        ...(body === undefined
          ? {}
          : {
              method: 'POST',
              headers: { 'content-type': 'application/json', ...headers },
              body: JSON.stringify(body),
            }),
      }),
    stop: async () => {
      await api.close();
      for (const worker of workers) worker.shutdown();
      await running;
      await connection.close();
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** What workflows report is for other tests. */
const silentSinks: InjectedSinks<TelemetrySinks> = {
  telemetry: {
    remediationEnded: { fn: () => undefined },
    milestoneReached: { fn: () => undefined },
    breakerChanged: { fn: () => undefined },
  },
};

function scriptedWorld(): FakeWorld {
  return new FakeWorld({
    decide: ({ alert }) => {
      const asks = alert.labels['alertname'] === ASKS_FOR_APPROVAL;
      const approval = { quorum: Number(alert.labels['quorum'] ?? 1), reason: 'production is frozen' };
      return Promise.resolve(aDecision(asks ? aPlan({ approval }) : aPlan()));
    },
  });
}
