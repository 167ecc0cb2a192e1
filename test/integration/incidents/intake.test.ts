import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection, defaultPayloadConverter } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { ensureServers, startTemporalServer, type TemporalServer, terminalProgress } from '../../../dev/stack/index.ts';
import { createApi } from '../../../src/api/create-api.ts';
import { serveApi } from '../../../src/api/serve-api.ts';
import { createIntake } from '../../../src/api/webhook/intake.ts';
import type { RemediationStarter } from '../../../src/api/webhook/remediation-starter.ts';
import { createTemporalStarter } from '../../../src/api/webhook/temporal-starter.ts';
import { readStart } from '../../../src/clients/temporal/executions.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { RESOLVED_SIGNAL } from '../../../src/contract/remediation.ts';
import { searchAttributes } from '../../../src/contract/search-attributes.ts';
import type { Alert } from '../../../src/domain/alert/alert.ts';
import { alertIdentity, remediationId } from '../../../src/domain/alert/remediation-id.ts';
import type { Decision } from '../../../src/domain/decision.ts';
import { SqlIncidentStore } from '../../../src/store/incidents/sql-incident-store.ts';
import { openDatabase } from '../../../src/store/open-database.ts';
import { SqlUnhandledStore } from '../../../src/store/unhandled/sql-unhandled-store.ts';
import { createLogger } from '../../../src/telemetry/logger.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import { anAlert } from '../../support/alerts.ts';
import { aDecision } from '../../support/plans.ts';
import { aWebhook } from '../../unit/api/api-harness.ts';
import { FakeStarter } from '../../unit/api/fake-starter.ts';
import { type PostgresBench, postgresBench } from '../audit/benches.ts';
import { unsigned } from '../../support/orders.ts';

let bench: PostgresBench;
let temporal: TemporalServer;
let client: Client;
let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'mendloop-intake-'));
  const servers = await ensureServers(['temporal'], { progress: terminalProgress() });
  [bench, temporal] = await Promise.all([
    postgresBench(),
    startTemporalServer({ binary: servers.temporal, dataDir, headless: true }),
  ]);
  client = new Client({ connection: await Connection.connect({ address: temporal.address }) });
});
afterAll(async () => {
  await (client as Client | undefined)?.connection.close();
  await (temporal as TemporalServer | undefined)?.stop();
  await (bench as PostgresBench | undefined)?.[Symbol.asyncDispose]();
  await rm(dataDir, { recursive: true, force: true });
});

/** Decides by the label `wanted`. */
const policy = {
  decide: ({ alert }: { alert: Alert }): Promise<Decision> =>
    Promise.resolve(
      alert.labels['wanted'] === 'no'
        ? { verdict: 'reject', rule: '', reason: 'no rule handles this alert', policyRevision: 'test' }
        : aDecision(),
    ),
};

interface Replica {
  readonly unhandled: SqlUnhandledStore;
  post(alerts: readonly Alert[]): Promise<{ status: number; body: Record<string, number> }>;
}

/** API replicas on one new store, each with sessions of its own. */
async function startReplicas(count: number, starter: RemediationStarter, settings: object = {}): Promise<Replica[]> {
  const { settings: audit } = await bench.place();
  const api = { ...configSchema.parse({ api: settings }).api, port: 0 };
  const logger = createLogger({ level: 'error' });
  return await Promise.all(
    Array.from({ length: count }, async () => {
      const database = await openDatabase(audit);
      const metrics = createMetrics();
      const unhandled = new SqlUnhandledStore(database);
      const incidents = new SqlIncidentStore(database);
      const parts = { cluster: 'prod', incidents, unhandled, policy, starter, metrics, logger };
      const intake = createIntake({ ...parts, settings: api });
      const readiness = {
        temporal: () => Promise.resolve(true),
        store: () => Promise.resolve(true),
        policy: () => true,
      };
      const server = await serveApi(createApi({ settings: api, intake, metrics, logger, readiness }), api);
      onTestFinished(async () => {
        await server.close();
        await intake.close();
        await database.close();
      });
      return {
        unhandled,
        post: async (alerts) => {
          const response = await fetch(`${server.url}/webhooks/alertmanager`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(aWebhook(alerts)),
          });
          return { status: response.status, body: (await response.json()) as Record<string, number> };
        },
      };
    }),
  );
}

const realStarter = () => createTemporalStarter({ client, sign: unsigned, taskQueue: `intake-${randomUUID()}` });
const alerts = (count: number, labels: Record<string, string> = {}) =>
  Array.from({ length: count }, () => anAlert({ labels: { alertname: 'Slow', service: 'cart', ...labels } }));
const idOf = (alert: Alert, n = 1) => remediationId({ ...alertIdentity('prod', alert), n });

describe('a webhook', () => {
  it('starts the workflow of an incident with its decision, which the Web UI can filter by at once', async () => {
    const [replica] = await startReplicas(1, realStarter());
    const [alert] = alerts(1) as [Alert];
    expect(await replica!.post([alert])).toMatchObject({ status: 200, body: { started: 1 } });
    const handle = client.workflow.getHandle(idOf(alert));
    const { typedSearchAttributes, runId } = await handle.describe();
    const decision = aDecision();
    if (decision.verdict !== 'plan') throw new Error('not a plan');
    expect(typedSearchAttributes.get(searchAttributes.rule)).toBe(decision.rule);
    expect(typedSearchAttributes.get(searchAttributes.action)).toBe(decision.plan.action);
    expect(typedSearchAttributes.get(searchAttributes.mode)).toBe('auto');
    const { argument } = await readStart(client, { workflowId: idOf(alert), runId });
    expect(argument).toMatchObject({ alert, cluster: 'prod', decision: { verdict: 'plan', rule: decision.rule } });
  });

  it('starts one workflow for an alert, whatever its start, and from two replicas at once', async () => {
    const replicas = await startReplicas(2, realStarter());
    const group = alerts(40);
    const later = group.map((alert) => ({
      ...{ ...alert, startsAt: new Date(Date.parse(alert.startsAt) - 15_000).toISOString() },
    }));
    const answers = await Promise.all(
      [group, later, group.toReversed(), later.toReversed()].map((all, index) => replicas[index % 2]!.post(all)),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const total = (key: string) => answers.reduce((sum, { body }) => sum + (body[key] ?? 0), 0);
    expect([total('started'), total('duplicates')]).toEqual([40, 120]);
    for (const alert of group) {
      expect((await client.workflow.getHandle(idOf(alert)).describe()).status.name).toBe('RUNNING');
      await expect(client.workflow.getHandle(idOf(alert, 2)).describe()).rejects.toThrow(/not found/i);
    }
  });

  it('opens one incident more when two replicas hear at once that an alert is back', async () => {
    const replicas = await startReplicas(2, realStarter());
    const group = alerts(10);
    await replicas[0]!.post(group);
    const endsAt = new Date(Date.now() + 1000).toISOString();
    expect(await replicas[1]!.post(group.map((alert) => ({ ...alert, status: 'resolved', endsAt })))).toMatchObject({
      ...{ status: 200, body: { signalled: 10 } },
    });
    const back = await Promise.all([0, 1, 0, 1].map((index) => replicas[index]!.post(group)));
    expect(back.reduce((sum, { body }) => sum + (body['started'] ?? 0), 0)).toBe(10);
    for (const alert of group) {
      expect((await client.workflow.getHandle(idOf(alert, 2)).describe()).status.name).toBe('RUNNING');
      await expect(client.workflow.getHandle(idOf(alert, 3)).describe()).rejects.toThrow(/not found/i);
    }
  });

  it('tells a remediation of the end of its alert, with its times, though its start has moved back', async () => {
    const [replica] = await startReplicas(1, realStarter());
    const start = Date.now() - 600_000;
    const alert = { ...alerts(1)[0]!, startsAt: new Date(start + 15_000).toISOString() };
    await replica!.post([alert]);
    const times = { startsAt: new Date(start).toISOString(), endsAt: new Date(start + 300_000).toISOString() };
    const end: Alert = { ...alert, ...times, status: 'resolved' };
    expect(await replica!.post([end])).toMatchObject({ status: 200, body: { signalled: 1 } });
    const { events } = await client.workflow.getHandle(idOf(alert)).fetchHistory();
    const signals = (events ?? []).flatMap((event) => event.workflowExecutionSignaledEventAttributes ?? []);
    expect(signals.map(({ signalName }) => signalName)).toEqual([RESOLVED_SIGNAL]);
    expect(defaultPayloadConverter.fromPayload(signals[0]!.input!.payloads![0]!)).toEqual(times);
  });

  it('has an alert entered again whose workflow was ended by hand, once that is known', async () => {
    const starter = realStarter();
    const [replica] = await startReplicas(1, starter);
    const [alert] = alerts(1) as [Alert];
    // Started, and ended, before the store lost what came last.
    await starter.start({ remediationId: idOf(alert), alert, cluster: 'prod' });
    await client.workflow.getHandle(idOf(alert)).terminate('by hand');
    expect(await replica!.post([alert])).toMatchObject({ status: 200, body: { started: 1 } });
    expect((await client.workflow.getHandle(idOf(alert, 2)).describe()).status.name).toBe('RUNNING');
  });

  it('answers 503 while the store is away, loses nothing, and starts nothing twice', async () => {
    const [replica] = await startReplicas(1, realStarter());
    const group = alerts(5);
    await replica!.post(group.slice(0, 2));
    await bench.stop();
    expect(await replica!.post(group)).toMatchObject({ status: 503, body: { started: 0, failed: 5 } });
    await bench.start();
    expect(await replica!.post(group)).toMatchObject({ status: 200, body: { started: 3, duplicates: 2 } });
  });
});

describe('alerts that no rule wants', () => {
  it('are rows with their reason, and no workflows', async () => {
    const [replica] = await startReplicas(1, realStarter());
    const unwanted = alerts(100, { wanted: 'no', pod: 'api-1' });
    const wanted = alerts(2);
    const answer = await replica!.post([...unwanted, ...wanted]);
    expect(answer).toMatchObject({ status: 200, body: { unhandled: 100, started: 2 } });
    expect(await replica!.unhandled.list({ limit: 10 })).toMatchObject([
      {
        ...{ cluster: 'prod', alertName: 'Slow', rule: '', reason: 'no rule handles this alert', count: 100 },
        labels: { alertname: 'Slow', service: 'cart', wanted: 'no', pod: 'api-1' },
      },
    ]);
    await expect(client.workflow.getHandle(idOf(unwanted[0]!)).describe()).rejects.toThrow(/not found/i);
  });
});

describe('20,000 alerts in one body', () => {
  it('end after some repeats, each of which takes up where the last has stopped', async () => {
    const starter = new FakeStarter();
    starter.gate = () => undefined;
    const [replica] = await startReplicas(1, starter, { maxAlertsPerRequest: 4000 });
    const group = alerts(20_000).map(({ labels, ...alert }) => ({ ...alert, labels: { ...labels }, annotations: {} }));
    expect(JSON.stringify(aWebhook(group)).length).toBeLessThan(5 * 1024 * 1024);
    const statuses: number[] = [];
    const started: number[] = [];
    await vi.waitUntil(
      async () => {
        const { status, body } = await replica!.post(group);
        statuses.push(status);
        started.push(body['started'] ?? 0);
        return status === 200;
      },
      { timeout: 100_000 },
    );
    expect(starter.started.size).toBe(20_000);
    expect(statuses.slice(0, -1).every((status) => status === 503)).toBe(true);
    // What was taken in one stays taken: none begins again.
    expect(started.every((count) => count <= 4000)).toBe(true);
    expect(started.reduce((sum, count) => sum + count, 0)).toBe(20_000);
    expect(started.length).toBeLessThan(8);
  });
});
