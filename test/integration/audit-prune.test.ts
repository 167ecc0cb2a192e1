import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { pruneRows } from '../../src/cli/audit/prune.ts';
import { publicHalf } from '../../src/clients/keys/ed25519.ts';
import { type AuditSettings, auditSchema } from '../../src/config/audit-schema.ts';
import type { Checkpoint } from '../../src/domain/audit/checkpoint.ts';
import { createAuditKeeper } from '../../src/store/audit/audit-keeper.ts';
import type { AuditStore } from '../../src/store/audit/audit-log.ts';
import { openAuditLog, openLogForRetention } from '../../src/store/audit/open-audit-log.ts';
import { pruneAudit } from '../../src/store/audit/prune-audit.ts';
import { createSigner } from '../../src/store/audit/signing-key.ts';
import { anEntry, KEY, signer } from '../unit/audit/log-builder.ts';
import { type Place, type PostgresBench, postgresBench } from './audit/benches.ts';
import { agedRows } from './audit/tamper.ts';

let bench: PostgresBench;
let folder: string;
beforeAll(async () => {
  bench = await postgresBench();
  folder = mkdtempSync(join(tmpdir(), 'mendloop-prune-'));
  writeFileSync(join(folder, 'mendloop.pub'), publicHalf(KEY));
});
afterAll(async () => {
  await (bench as PostgresBench | undefined)?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

/** A log of rows of these ages, with its signer and with what removes, each as a process of its own has them. */
async function apart(daysAgo: readonly number[]) {
  const place = await bench.place({ prune: 'apart', trustedKeyFiles: [join(folder, 'mendloop.pub')] });
  await place.admin(agedRows(daysAgo));
  // The one that removes has no key: the variable that would hold it is not set.
  const ofPruner = auditSchema.parse({ ...place.settings, signingKey: { env: 'MENDLOOP_TEST_NOWHERE' } });
  const signing = await openAuditLog(withoutRetention(place.settings));
  const pruning = await openLogForRetention(ofPruner);
  onTestFinished(async () => {
    await signing.close();
    await pruning.close();
  });
  const keeper = createAuditKeeper({ store: signing, signer, retentionDays: 90, prune: 'apart', sinks: [] });
  return { place, signing, pruning, keeper, ofPruner };
}

/** As the worker has them: the login of retention has a password that is wrong there. */
function withoutRetention(settings: AuditSettings): AuditSettings {
  process.env['MENDLOOP_TEST_WRONG'] = 'wrong';
  const retention = { user: 'keeper', password: { env: 'MENDLOOP_TEST_WRONG' } };
  return auditSchema.parse({ ...settings, store: { ...settings.store, retention } });
}

/** A statement by one of the service's logins. */
async function by(user: string, { settings }: Place, text: string, values: unknown[] = []) {
  const database = settings.store.type === 'postgres' ? settings.store.database : '';
  const client = new pg.Client({ host: '127.0.0.1', port: bench.port, user, password: 'secret', database });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text, values)).rows;
  } finally {
    await client.end();
  }
}

const order = (place: Place, checkpoint: unknown, through: number) =>
  by('service', place, 'INSERT INTO mendloop_audit.removal_order (through, checkpoint) VALUES ($1, $2)', [
    through,
    JSON.stringify(checkpoint),
  ]);

it('one process signs what may be removed, another removes it, and neither can do the work of the other', async () => {
  const { place, signing, pruning, keeper } = await apart([400, 300, 2]);

  expect(await keeper.keep()).toMatchObject({ removed: null, rowsRemoved: 0, ordered: { seq: 2 }, signed: { seq: 3 } });
  expect(await signing.verify()).toMatchObject({ intact: true, first: { seq: 1 }, removed: null });
  await expect(signing.remove({ through: 2, keepDays: 90, checkpoint: anEntry() })).rejects.toMatchObject({
    type: 'AuditUnavailable',
  });

  expect(await pruneAudit({ store: pruning, retentionDays: 90 })).toMatchObject({
    ...{ removed: { seq: 2 }, rowsRemoved: 2, refused: [] },
  });
  expect(await signing.verify()).toMatchObject({ intact: true, first: { seq: 3 }, removed: { seq: 2 } });
  expect(await place.admin('SELECT * FROM mendloop_audit.removal_order')).toEqual([]);
  await expect(pruning.append([anEntry()])).rejects.toMatchObject({ type: 'AuditUnavailable' });

  // Once more, each finds nothing to do.
  expect(await pruneAudit({ store: pruning, retentionDays: 90 })).toMatchObject({ rowsRemoved: 0, refused: [] });
  expect(await keeper.keep()).toMatchObject({ removed: { seq: 2 }, ordered: { seq: 2 } });
  expect(await place.admin('SELECT * FROM mendloop_audit.removal_order')).toEqual([]);
});

it('what is ordered is ordered once, however often the signer runs before it is removed', async () => {
  const { place, keeper, pruning } = await apart([400, 300, 2]);
  for (let run = 0; run < 3; run += 1) expect(await keeper.keep()).toMatchObject({ ordered: { seq: 2 } });
  expect(await place.admin('SELECT through FROM mendloop_audit.removal_order')).toHaveLength(1);
  expect(await pruneAudit({ store: pruning, retentionDays: 90 })).toMatchObject({ rowsRemoved: 2 });
});

it.each<[string, (log: AuditStore) => Promise<[unknown, number]>, number, string]>([
  ['is signed by no trusted key', (log) => signed(log, stranger, 2), 90, 'is not trusted'],
  ['is not signed', () => Promise.resolve([{ removed: { seq: 2 } }, 2]), 90, 'it is not signed'],
  [
    'was changed after it was signed',
    async (log) => [{ ...(await signed(log, signer, 1))[0], removed: await log.point(2) }, 2],
    90,
    'it is not signed',
  ],
  [
    'is signed for other rows',
    async (log) => [(await signed(log, signer, 1))[0], 2],
    90,
    'it is signed for the rows up to 1',
  ],
  ['is for rows that are too young here', (log) => signed(log, signer, 2), 365, 'some of these rows are younger'],
  [
    'knows another row',
    async (log) => [signer.sign({ ...(await pointsOf(log, 2)), removed: { seq: 2, hash: 'a'.repeat(64) } }), 2],
    90,
    'the signer knew another row 2',
  ],
])('an order is refused that %s', async (_, make, retentionDays, why) => {
  const { place, signing, pruning } = await apart([400, 300, 2]);
  const [checkpoint, through] = await make(signing);
  await order(place, checkpoint, through);
  expect(await pruneAudit({ store: pruning, retentionDays })).toEqual({
    ...{ removed: null, rowsRemoved: 0 },
    refused: [{ through: 2, why: expect.stringContaining(why) as string }],
  });
  expect(await signing.verify()).toMatchObject({ intact: true, rows: 3 });
});

it('a process that removes without an order is found out, and what is ordered by others does not stop the signer', async () => {
  const { place, signing, keeper, pruning } = await apart([400, 300, 2]);
  await order(place, { removed: { seq: 999 } }, 999);
  expect(await keeper.keep()).toMatchObject({ ordered: { seq: 2 } });
  expect(await pruneAudit({ store: pruning, retentionDays: 90 })).toMatchObject({ rowsRemoved: 2, refused: [{}] });

  const other = await apart([400, 300, 2]);
  const body = JSON.stringify({ data: { removed: { seq: 2 } } });
  const text = "SELECT mendloop_audit.remove_through(2, 90, 'forged', $1)";
  await expect(by('service', other.place, text, [body])).rejects.toMatchObject({ code: '42501' });
  await by('keeper', other.place, text, [body]);
  expect(await other.signing.verify()).toMatchObject({ intact: false });
  expect(await signing.verify()).toMatchObject({ intact: true });
});

it('`mendloop audit prune` does it, says what it did, and fails where an order was refused', async () => {
  const { place, keeper, ofPruner } = await apart([400, 300, 2]);
  await keeper.keep();
  const lines = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  onTestFinished(() => {
    lines.mockRestore();
    process.exitCode = undefined;
  });
  const days = { ...ofPruner, retentionDays: 90 };
  await pruneRows(days, {});
  expect(lines.mock.lastCall).toEqual(['removed 2 rows; rows up to 2 are removed']);
  expect(process.exitCode).toBeUndefined();
  await order(place, {}, 3);
  await pruneRows(days, { json: true });
  expect(JSON.parse(String(lines.mock.lastCall?.[0]))).toMatchObject({ rowsRemoved: 0, refused: [{ through: 3 }] });
  expect(process.exitCode).toBe(2);
  await expect(pruneRows({ ...days, prune: 'worker' }, {})).rejects.toThrow('audit.prune is worker');
});

const stranger = createSigner(
  generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
);

async function pointsOf(log: AuditStore, through: number): Promise<Pick<Checkpoint, 'head' | 'removed' | 'at'>> {
  const [head, removed] = [await log.head(), await log.point(through)];
  if (head === undefined || removed === undefined) throw new Error('the log has no such row');
  return { head, removed, at: new Date().toISOString() };
}

async function signed(log: AuditStore, by: typeof signer, through: number): Promise<[Checkpoint, number]> {
  return [by.sign(await pointsOf(log, through)), through];
}
