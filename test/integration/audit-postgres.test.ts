import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { AuditStore } from '../../src/store/audit/audit-log.ts';
import { createSinks } from '../../src/store/audit/shipping/create-sinks.ts';
import { startShipping } from '../../src/store/audit/shipping/ship.ts';
import { openAuditLog } from '../../src/store/audit/open-audit-log.ts';
import { type AuditSettings, auditSchema } from '../../src/config/audit-schema.ts';
import { openPostgresDatabase } from '../../src/store/postgres-database.ts';
import { startReceiver } from '../unit/notifications/http-receiver.ts';
import { anEntry } from '../unit/audit/log-builder.ts';
import { type PostgresBench, postgresBench } from './audit/benches.ts';

let bench: PostgresBench;
beforeAll(async () => {
  bench = await postgresBench();
});
afterAll(async () => {
  await (bench as PostgresBench | undefined)?.[Symbol.asyncDispose]();
});

async function open(settings: AuditSettings) {
  const log = await openAuditLog(settings);
  onTestFinished(() => log.close());
  return log;
}

const database = ({ store }: AuditSettings) => (store.type === 'postgres' ? store.database : '');

/** A session of a login of its own, as whoever has stolen its password would open it. */
async function session(settings: AuditSettings, user: string, password = 'secret') {
  const client = new pg.Client({ host: '127.0.0.1', port: bench.port, user, password, database: database(settings) });
  client.on('error', () => undefined);
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

const withUser = (settings: AuditSettings, user: string): AuditSettings =>
  auditSchema.parse({ ...settings, store: { ...settings.store, user } });

describe('the login of the running service', () => {
  const FORBIDDEN = [
    "UPDATE mendloop_audit.record SET body = '{}'",
    'UPDATE mendloop_audit.record SET seq = seq',
    'DELETE FROM mendloop_audit.record',
    'DELETE FROM mendloop_audit.record WHERE false',
    'TRUNCATE mendloop_audit.record',
    'DROP TABLE mendloop_audit.record',
    'ALTER TABLE mendloop_audit.record DISABLE TRIGGER chain',
    "INSERT INTO mendloop_audit.record (seq, key, kind, body) VALUES (1, 'k', 'config', '{}')",
    "INSERT INTO mendloop_audit.record (key, kind, body, hash) VALUES ('k', 'config', '{}', '')",
    "INSERT INTO mendloop_audit.record (key, kind, body, recorded_at) VALUES ('k', 'config', '{}', now())",
    "SELECT mendloop_audit.remove_through(1, 90, 'k', '{}')",
    'UPDATE mendloop_audit.shipment SET seq = 0',
    'DELETE FROM mendloop_audit.shipment',
    'UPDATE mendloop.schema_version SET version = 0',
    'SET ROLE mendloop_retention',
    'CREATE TABLE mendloop_audit.other (a int)',
  ];

  it.each(FORBIDDEN)('may not %s', async (sql) => {
    const { settings } = await bench.place();
    const log = await open(settings);
    await log.append([anEntry()]);
    const client = await session(settings, 'service');
    await expect(client.query(sql)).rejects.toMatchObject({ code: '42501' });
    expect(await log.verify()).toMatchObject({ intact: true, rows: 1 });
  });

  it('cannot insert anything but at the end of the chain', async () => {
    const { settings } = await bench.place();
    const log = await open(settings);
    await log.append([anEntry()]);
    const client = await session(settings, 'service');
    await client.query("INSERT INTO mendloop_audit.record (key, kind, body) VALUES ('k', 'config', '{}')");
    expect((await log.verify()).problems).toMatchObject([
      { seq: 2, kind: 'changed', message: 'row 2 was changed: its columns contradict its body' },
    ]);
  });

  it('is no more in a session of the log, even if it is a superuser', async () => {
    const { settings } = await bench.place();
    process.env['MENDLOOP_TEST_SUPERUSER'] = bench.superuser.password;
    const store = { ...settings.store, user: bench.superuser.user, password: { env: 'MENDLOOP_TEST_SUPERUSER' } };
    const parsed = auditSchema.parse({ ...settings, store }).store;
    if (parsed.type !== 'postgres') throw new Error('not PostgreSQL');
    const superuser = openPostgresDatabase({ settings: parsed, timeoutSeconds: 5 });
    onTestFinished(() => superuser.close());
    await expect(superuser.run({ text: 'DELETE FROM mendloop_audit.record' })).rejects.toThrow(/may not do this/);
  });
});

describe('the login of retention', () => {
  it.each([
    'DELETE FROM mendloop_audit.record',
    'UPDATE mendloop_audit.record SET seq = seq',
    "INSERT INTO mendloop_audit.record (key, kind, body) VALUES ('k', 'config', '{}')",
    'SET ROLE mendloop_writer',
  ])('may not %s', async (sql) => {
    const { settings } = await bench.place();
    const client = await session(settings, 'keeper');
    await expect(client.query(sql)).rejects.toMatchObject({ code: '42501' });
  });
});

describe('an audit log that cannot be written', () => {
  const UNAVAILABLE = { type: 'AuditUnavailable' };

  it('is unavailable while its database is read-only, and works again afterwards', async () => {
    const log = await open((await bench.place()).settings);
    await log.append([anEntry()]);
    await bench.server('ALTER SYSTEM SET default_transaction_read_only = on');
    await bench.server('SELECT pg_reload_conf()');
    const entry = anEntry();
    try {
      await expect
        .poll(() => log.append([entry]).catch((error: unknown) => String(error)), { timeout: 90_000 })
        .toBe('AuditUnavailable: the audit log is not to be had: the database is read-only');
      expect(await log.verify()).toMatchObject({ intact: true });
    } finally {
      await bench.server('ALTER SYSTEM RESET ALL');
      await bench.server('SELECT pg_reload_conf()');
    }
    await expect.poll(() => log.append([entry]).then(() => 'appended', String), { timeout: 90_000 }).toBe('appended');
    expect((await log.list({ limit: 10 })).filter(({ key }) => key === entry.key)).toHaveLength(1);
  });

  it('is unavailable while the server is down, and works again afterwards', async () => {
    const log = await open((await bench.place()).settings);
    await log.append([anEntry()]);
    await bench.stop();
    const entry = anEntry();
    await expect(log.append([entry])).rejects.toMatchObject(UNAVAILABLE);
    await expect(log.list({ limit: 1 })).rejects.toMatchObject(UNAVAILABLE);
    await bench.start();
    await expect.poll(() => log.append([entry]).then(() => 'appended', String), { timeout: 90_000 }).toBe('appended');
    expect(await log.verify()).toMatchObject({ intact: true, rows: 2 });
  });

  it('is unavailable while somebody holds the log, for no longer than a statement may take', async () => {
    const place = await bench.place({ timeoutSeconds: 0.5 });
    const log = await open(place.settings);
    const holder = await session(place.settings, 'service');
    await holder.query("BEGIN; INSERT INTO mendloop_audit.record (key, kind, body) VALUES ('k', 'config', '{}')");
    await expect(log.append([anEntry()])).rejects.toMatchObject(UNAVAILABLE);
    await holder.query('ROLLBACK');
    await log.append([anEntry()]);
    expect(await log.verify()).toMatchObject({ intact: true, rows: 1 });
  });

  it.each([
    ['is not prepared', (settings: AuditSettings) => settings, /there is no schema; run `mendloop audit migrate`/],
    ['does not know the login', (settings: AuditSettings) => withUser(settings, 'nobody'), /the password was refused/],
    [
      'lets the login do nothing',
      (settings: AuditSettings) => withUser(settings, 'stranger'),
      /must be a member of the role/,
    ],
  ])('says at its opening that the database %s', async (_, change, message) => {
    await bench.server('DROP DATABASE IF EXISTS bare');
    await bench.server('CREATE DATABASE bare');
    const { settings } = await bench.place();
    const bare = auditSchema.parse({ ...settings, store: { ...settings.store, database: 'bare' } });
    const error: unknown = await openAuditLog(change(bare)).catch((error: unknown) => error);
    expect(error).toMatchObject({ ...UNAVAILABLE, message: expect.stringMatching(message) as string });
    expect(String(error)).not.toContain('secret');
  });

  it('says that nobody listens', async () => {
    const { settings } = await bench.place();
    const away = auditSchema.parse({ ...settings, store: { ...settings.store, port: 1 } });
    await expect(openAuditLog(away)).rejects.toMatchObject({ ...UNAVAILABLE, message: /nobody listens there/ });
  });
});

describe('shipping from a real database', () => {
  const ship = (store: AuditStore, { shipping }: AuditSettings) =>
    startShipping({ ...shipping, store, sinks: createSinks(shipping) });

  /** Numbers of the rows in one export request. */
  const seqsOf = (body: string) =>
    [...body.matchAll(/"key":"mendloop\.audit\.seq","value":\{"intValue":"(\d+)"/g)].map(([, seq]) => Number(seq));

  it('goes on where another process died, sending again what that one may have sent', async () => {
    await using receiver = await startReceiver();
    const { settings } = await bench.place({
      shipping: { sinks: { siem: { type: 'otlp', endpoint: { url: receiver.url } } }, batchSize: 3, pollSeconds: 0.05 },
    });
    const log = await open(settings);
    await log.append(Array.from({ length: 7 }, () => anEntry()));
    // It dies after the first batch has arrived and before it could write so.
    const dying = await openAuditLog(settings);
    dying.recordShipment = () => new Promise(() => undefined);
    ship(dying, settings);
    await expect.poll(() => receiver.received.map(({ body }) => seqsOf(body))).toEqual([[1, 2, 3]]);
    await bench.server("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted");

    const second = ship(log, settings);
    onTestFinished(() => second.stop());
    await expect
      .poll(() => receiver.received.map(({ body }) => seqsOf(body)), { timeout: 90_000 })
      .toEqual([[1, 2, 3], [1, 2, 3], [4, 5, 6], [7]]);
    await expect.poll(() => log.cursor('siem')).toMatchObject({ seq: 7 });
  });

  it('sends each row once while several processes are at it', async () => {
    await using receiver = await startReceiver();
    const { settings } = await bench.place({
      shipping: { sinks: { siem: { type: 'otlp', endpoint: { url: receiver.url } } }, batchSize: 5, pollSeconds: 0.02 },
    });
    const logs = await Promise.all([open(settings), open(settings), open(settings)]);
    for (const store of logs) {
      const shipping = ship(store, settings);
      onTestFinished(() => shipping.stop());
    }
    await Promise.all(
      logs.map(async (log) => {
        for (let count = 0; count < 20; count += 1) await log.append([anEntry()]);
      }),
    );
    await expect.poll(() => logs[0].cursor('siem'), { timeout: 90_000 }).toMatchObject({ seq: 60 });
    expect(receiver.received.flatMap(({ body }) => seqsOf(body))).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
  });
});
