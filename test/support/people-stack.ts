import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@temporalio/client';
import { type InjectedSinks, NativeConnection, Worker } from '@temporalio/worker';
import { ensureServers, startTemporalServer, terminalProgress } from '../../dev/stack/index.ts';
import { createApi, type PeopleParts } from '../../src/api/create-api.ts';
import { serveApi } from '../../src/api/serve-api.ts';
import { createIntake } from '../../src/api/webhook/intake.ts';
import { createTemporalStarter } from '../../src/api/webhook/temporal-starter.ts';
import { makeOrderKeys } from '../../src/clients/orders/order-keys.ts';
import { createOrderSigner } from '../../src/clients/orders/order-signer.ts';
import { peopleParts } from '../../src/cli/people.ts';
import { startUser } from '../../src/cli/start-link.ts';
import { type Config, configSchema } from '../../src/config/schema.ts';
import type { Alert } from '../../src/domain/alert/alert.ts';
import { alertIdentity, remediationId } from '../../src/domain/alert/remediation-id.ts';
import type { Decision } from '../../src/domain/decision.ts';
import type { Store } from '../../src/store/store.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { installRuntime } from '../../src/workers/create-worker.ts';
import { openStoreOf } from '../../src/workers/open-store.ts';
import type { TelemetrySinks } from '../../src/workflows/tracing/sinks.ts';
import { bundleWorkflows } from '../../tools/bundle-workflows.ts';
import { FakeWorld } from '../workflow/fake-world.ts';
import { aDecision, aPlan } from './plans.ts';

export const LINK_SECRET = 'l'.repeat(32);

/** Name of an alert whose remediation waits for a human; every other is remediated at once and watches. */
export const ASKS_FOR_APPROVAL = 'NeedsApproval';

/** Name of an alert that is counted, and has no remediation. */
export const NO_RULE_WANTS = 'Unwanted';

/** What lies behind policy and the activities. */
export interface PeopleWorld {
  readonly world: FakeWorld;
  readonly decide: (alert: Alert) => Decision;
}

/**
 * The real API, intake, store and workflows on a real Temporal server; only what lies behind policy and the activities is
 * a script. What remediations ask of the store is in that script too: guards are as tests make them.
 */
export interface PeopleStack {
  readonly client: Client;
  /** `host:port` of Temporal. */
  readonly address: string;
  readonly config: Config;
  readonly store: Store;
  readonly url: string;
  /** Bearer token of the user of `url`, and of what `serve` puts on another port without users of its own. */
  readonly token: string;
  readonly world: FakeWorld;
  /** Task queue of the worker that runs; another has nobody who would answer. */
  readonly taskQueue: string;
  /** Delivers an alert as the webhook does, and gives the ID of its first remediation. */
  start(alert: Alert): Promise<string>;
  /** Asks below `/api/v1`; a body makes it a POST. */
  ask(path: string, body?: object, headers?: Record<string, string>): Promise<Response>;
  /** The same API on another port. Gives its address; it ends with the stack. */
  serve(people: Partial<PeopleParts>): Promise<string>;
  stop(): Promise<void>;
}

export async function startPeopleStack({ world, decide }: PeopleWorld = scripted()): Promise<PeopleStack> {
  installRuntime(createLogger({ level: 'error' }));
  const dataDir = await mkdtemp(join(tmpdir(), 'mendloop-people-'));
  const { temporal } = await ensureServers(['temporal'], { progress: terminalProgress() });
  const server = await startTemporalServer({ binary: temporal, dataDir, headless: true });
  const connection = await NativeConnection.connect({ address: server.address });
  const client = new Client({ connection });
  const taskQueue = `people-${randomUUID()}`;
  const worker = await Worker.create({
    ...{ connection, taskQueue, workflowBundle: await bundleWorkflows() },
    ...{ activities: world.activities, sinks: silentSinks },
  });
  const running = worker.run();

  const config = configSchema.parse({
    api: { port: 0 },
    temporal: { taskQueue, webUiUrl: 'http://temporal.example/' },
    audit: { store: { type: 'embedded', folder: join(dataDir, 'store') } },
    orders: { folder: join(dataDir, 'orders') },
  });
  makeOrderKeys(config.orders);
  const metrics = createMetrics();
  const logger = createLogger({ level: 'error' });
  const store = await openStoreOf({ config, client });
  const { incidents, unhandled } = store;
  const intake = createIntake({
    ...{ settings: config.api, cluster: config.kubernetes.cluster, incidents, unhandled, metrics, logger },
    audit: store.audit,
    policy: { decide: ({ alert }) => Promise.resolve(decide(alert)) },
    starter: createTemporalStarter({ client, sign: createOrderSigner(config.orders), taskQueue }),
  });
  const ends: (() => Promise<void>)[] = [];
  const local = startUser();
  const token = local.token();
  const serve = async (people: Partial<PeopleParts>) => {
    const app = createApi({
      ...{ settings: config.api, intake, metrics, logger },
      readiness: { temporal: () => Promise.resolve(true), store: () => Promise.resolve(true), policy: () => true },
      people: { ...peopleParts({ config, client, store }), users: [local], ...people },
    });
    const api = await serveApi(app, config.api);
    ends.push(() => api.close());
    return api.url;
  };
  const url = await serve({ linkSecret: () => LINK_SECRET });
  return {
    ...{ client, address: server.address, config, store, url, token, world, taskQueue, serve },
    start: async (alert) => {
      const { failure } = await intake.deliver([alert]);
      if (failure !== undefined) throw failure as Error;
      return remediationId({ ...alertIdentity(config.kubernetes.cluster, alert), n: 1 });
    },
    ask: (path, body, headers = {}) =>
      fetch(`${url}/api/v1${path}`, {
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
        ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      }),
    stop: async () => {
      for (const end of ends) await end();
      worker.shutdown();
      await running;
      await intake.close();
      await store.close();
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
  },
};

function scripted(): PeopleWorld {
  return {
    world: new FakeWorld(),
    decide: ({ labels }) => {
      if (labels['alertname'] === NO_RULE_WANTS) {
        return { verdict: 'reject', rule: '', reason: 'no rule handles this alert', policyRevision: 'test' };
      }
      const approval = { quorum: Number(labels['quorum'] ?? 1), reason: 'production is frozen' };
      return aDecision(labels['alertname'] === ASKS_FOR_APPROVAL ? aPlan({ approval }) : aPlan());
    },
  };
}
