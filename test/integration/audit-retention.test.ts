import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Client } from '@temporalio/client';
import { type ApplicationFailure } from '@temporalio/common';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import type { Metrics } from '../../src/telemetry/metrics.ts';
import { createAuditKeepingActivities } from '../../src/activities/audit-keeping.ts';
import { type AuditKeeping, createAuditKeeper } from '../../src/store/audit/audit-keeper.ts';
import { openAuditLog } from '../../src/store/audit/open-audit-log.ts';
import { ensureSchedule, removeSchedule, triggerSchedule } from '../../src/clients/temporal/schedules.ts';
import { ensureServers, startTemporalServer, type TemporalServer, terminalProgress } from '../../dev/stack/index.ts';
import { anEntry, signer } from '../unit/audit/log-builder.ts';
import { type PostgresBench, postgresBench } from './audit/benches.ts';
import { agedRows } from './audit/tamper.ts';

let bench: PostgresBench;
let server: TemporalServer;
let connection: NativeConnection;
let client: Client;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  bench = await postgresBench();
  const { temporal } = await ensureServers(['temporal'], { progress: terminalProgress() });
  server = await startTemporalServer({ binary: temporal, headless: true });
  connection = await NativeConnection.connect({ address: server.address });
  client = new Client({ connection });
});
afterAll(async () => {
  await (connection as NativeConnection | undefined)?.close();
  await (server as TemporalServer | undefined)?.stop();
  await (bench as PostgresBench | undefined)?.[Symbol.asyncDispose]();
});

const patient = { timeout: 60_000, interval: 100 };

/** What became of each run of the Schedule, the oldest first; undefined while one runs. */
async function runs(): Promise<(AuditKeeping | string | undefined)[]> {
  const executions = [];
  for await (const execution of client.workflow.list({ query: 'WorkflowType = "auditRetention"' })) {
    executions.push(execution);
  }
  executions.sort((one, other) => one.startTime.getTime() - other.startTime.getTime());
  return await Promise.all(
    executions.map(async ({ workflowId, runId, status: { name } }) => {
      if (name === 'RUNNING') return undefined;
      try {
        return (await client.workflow.getHandle(workflowId, runId).result()) as AuditKeeping;
      } catch (error) {
        const { type, message } = ((error as Error).cause as Error).cause as ApplicationFailure;
        return `${type ?? ''}: ${message}`;
      }
    }),
  );
}

it('a Schedule keeps the log, remembers what it was, and fails when it is another', { timeout: 300_000 }, async () => {
  const place = await bench.place();
  await place.admin(agedRows([400, 300, 2]));
  const store = await openAuditLog(place.settings);
  onTestFinished(() => store.close());
  const keeper = createAuditKeeper({ store, signer, retentionDays: 90, sinks: [] });
  const taskQueue = `audit-${randomUUID()}`;
  const auditVerified = vi.fn<Metrics['auditVerified']>();
  const complain = vi.fn();
  const worker = await Worker.create({
    connection,
    taskQueue,
    workflowBundle: await bundleWorkflowCode({
      workflowsPath: fileURLToPath(new URL('../../src/workflows/audit-retention.ts', import.meta.url)),
      logger: new DefaultLogger('ERROR'),
    }),
    activities: createAuditKeepingActivities({
      keeper,
      forgetIncidents: () => Promise.resolve(0),
      metrics: { auditVerified },
      logger: { error: complain },
    }),
  });

  await worker.runUntil(async () => {
    const scheduleId = 'mendloop-audit-retention';
    const workflow = { workflowType: 'auditRetention', workflowId: 'audit-retention' };
    const schedule = { client, taskQueue, scheduleId, ...workflow };
    await ensureSchedule({ ...schedule, everySeconds: 3600 });
    // The first run comes at once.
    await expect.poll(runs, patient).toMatchObject([{ removed: { seq: 2 }, rowsRemoved: 2, signed: { seq: 4 } }]);
    expect(await store.verify()).toMatchObject({ intact: true, removed: { seq: 2 } });

    // Another process comes with other settings: there is one Schedule still.
    await ensureSchedule({ ...schedule, everySeconds: 1800 });
    const { spec } = await client.schedule.getHandle(scheduleId).describe();
    expect(spec.intervals).toMatchObject([{ every: 30 * 60_000 }]);

    // The second run begins where the first one ended.
    await store.append([anEntry(), anEntry()]);
    await triggerSchedule(client, scheduleId);
    await expect.poll(runs, patient).toMatchObject([{}, { rowsRemoved: 0, rowsVerified: 2, signed: { seq: 6 } }]);

    // Whoever may do everything in the database rewrites its end, so that it is consistent in itself.
    await place.admin('DELETE FROM mendloop_audit.record WHERE seq > 5');
    await store.append([anEntry(), anEntry(), anEntry()]);
    expect(await store.verify()).toMatchObject({ intact: true });
    await triggerSchedule(client, scheduleId);
    const tampered =
      'AuditTampered: row 6, or one before it, was rewritten: the last checkpoint that Temporal remembers knows another';
    await expect.poll(runs, patient).toMatchObject([{}, {}, tampered]);
    expect(auditVerified.mock.calls.map(([{ intact }]) => intact)).toEqual([true, true, false]);
    expect(complain).toHaveBeenCalledOnce();
    // A failed run is not the last that succeeded: it goes on being found.
    await triggerSchedule(client, scheduleId);
    await expect.poll(runs, patient).toMatchObject([{}, {}, tampered, tampered]);

    await removeSchedule(client, scheduleId);
    await removeSchedule(client, scheduleId);
  });
});
