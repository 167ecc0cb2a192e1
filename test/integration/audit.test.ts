import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createAuditKeeper } from '../../src/store/audit/audit-keeper.ts';
import type { AuditStore } from '../../src/store/audit/audit-log.ts';
import { openAuditLog } from '../../src/store/audit/open-audit-log.ts';
import type { AuditSettings } from '../../src/config/audit-schema.ts';
import { checkpointEntry } from '../../src/domain/audit/checkpoint.ts';
import type { JsonObject } from '../../src/domain/audit/canonical-json.ts';
import { anEntry, signer } from '../unit/audit/log-builder.ts';
import { type Bench, pgliteBench, type Place, postgresBench } from './audit/benches.ts';
import { agedRows, unguarded } from './audit/tamper.ts';

async function open(settings: AuditSettings): Promise<AuditStore> {
  const log = await openAuditLog(settings);
  onTestFinished(() => log.close());
  return log;
}

/** A log with ten entries, closed, so that somebody can get at it. */
async function tenEntries(place: Place): Promise<void> {
  const log = await openAuditLog(place.settings);
  await log.append(Array.from({ length: 10 }, () => anEntry()));
  await log.close();
}

async function problemsOf(place: Place) {
  const log = await openAuditLog(place.settings);
  const { problems } = await log.verify();
  await log.close();
  return problems;
}

describe.each<[string, () => Promise<Bench>]>([
  ['PostgreSQL', postgresBench],
  ['PGlite', pgliteBench],
])('the audit log in %s', (_, start) => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await start();
  });
  afterAll(async () => {
    await (bench as Bench | undefined)?.[Symbol.asyncDispose]();
  });

  it('gives back what it was given, in order, once for each key, and verifies', async () => {
    const log = await open((await bench.place()).settings);
    const hostile = JSON.parse(
      '{"__proto__":"x","nul":"\\u0000","lone":"\\ud800","quote":"\'\\"","right":"\\u202e","number":1e-7,"text":"größe 😀"}',
    ) as JsonObject;
    const entries = [anEntry({ data: hostile }), anEntry({ kind: 'decision' }), anEntry({ actor: "O'Brien" })];
    await log.append(entries.slice(0, 2));
    await log.append([]);
    await log.append([entries[1]!, entries[2]!, entries[2]!]);
    await log.append([{ ...entries[0]!, actor: 'somebody else' }]);

    const rows = await log.list({ limit: 100 });
    expect(rows.map(({ seq, key, actor }) => [seq, key, actor])).toEqual(
      entries.map(({ key, actor }, index) => [index + 1, key, actor]),
    );
    expect({ ...rows[0]!.data, lone: '\ud800' }).toEqual(hostile);
    expect(rows[1]!.prevHash).toBe(rows[0]!.hash);
    expect(rows[0]!.recordedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    expect(await log.verify()).toMatchObject({ intact: true, rows: 3, head: { seq: 3, hash: rows[2]!.hash } });
  });

  it('finds rows by remediation, time and number', async () => {
    const log = await open((await bench.place()).settings);
    await log.append([
      anEntry({ remediationId: 'a' }),
      anEntry({ remediationId: 'b' }),
      anEntry({ remediationId: 'a' }),
    ]);
    const [, second, third] = await log.list({ limit: 10 });
    await log.append([anEntry({ remediationId: 'a' })]);
    const seqs = async (query: object) => (await log.list({ limit: 10, ...query })).map(({ seq }) => seq);
    expect(await seqs({ remediationId: 'a' })).toEqual([1, 3, 4]);
    expect(await seqs({ remediationId: "a' OR true --" })).toEqual([]);
    expect(await seqs({ afterSeq: 2 })).toEqual([3, 4]);
    expect(await seqs({ remediationId: 'a', afterSeq: 1, limit: 1 })).toEqual([3]);
    expect(await seqs({ since: third!.recordedAt })).toEqual(expect.arrayContaining([3, 4]));
    expect(Date.parse(second!.recordedAt)).toBeLessThanOrEqual(Date.parse(third!.recordedAt));
    expect(await seqs({ since: '2100-01-01T00:00:00Z' })).toEqual([]);
  });

  it('keeps the chain and loses nothing when many append at once', async () => {
    const { settings } = await bench.place();
    const logs = await Promise.all(Array.from({ length: 8 }, () => open(settings)));
    await Promise.all(
      logs.flatMap((log, appender) =>
        Array.from({ length: 25 }, async (_, index) => {
          const kind = index % 2 === 0 ? 'effect_intended' : 'effect_done';
          await log.append([anEntry({ kind, actor: `appender ${appender}` }), anEntry({ key: `shared/${index}` })]);
        }),
      ),
    );
    expect(await logs[0]!.verify()).toMatchObject({ intact: true, rows: 8 * 25 + 25 });
    const actors = (await logs[7]!.list({ limit: 1000 })).map(({ actor }) => actor);
    for (let appender = 0; appender < 8; appender += 1) {
      expect(actors.filter((actor) => actor === `appender ${appender}`)).toHaveLength(25);
    }
  });

  it('shows any change, even by who may do everything, and names the row', async () => {
    const place = await bench.place();
    await tenEntries(place);
    const changes = [
      ['recorded_at', "recorded_at + interval '1 microsecond'"],
      ['key', "key || 'x'"],
      ['kind', "'decision'"],
      ['remediation_id', 'NULL'],
      ['body', 'replace(body, \'"replicas":5\', \'"replicas":6\')'],
      ['prev_hash', "repeat('0', 64)"],
      ['hash', "repeat('0', 64)"],
    ];
    await place.admin(
      changes
        .map(
          ([column, value], index) => `UPDATE mendloop_audit.record SET ${column} = ${value} WHERE seq = ${index + 2}`,
        )
        .join(';'),
    );
    const problems = await problemsOf(place);
    expect(problems.map(({ seq, kind }) => [seq, kind])).toEqual(changes.map((_, index) => [index + 2, 'changed']));
  });

  it('shows rows taken out, put in and exchanged', async () => {
    const place = await bench.place();
    await tenEntries(place);
    await place.admin(
      `UPDATE mendloop_audit.record SET seq = -3 WHERE seq = 3;
       UPDATE mendloop_audit.record SET seq = 3 WHERE seq = 5;
       UPDATE mendloop_audit.record SET seq = 5 WHERE seq = -3;
       DELETE FROM mendloop_audit.record WHERE seq IN (7, 8);
       ${unguarded("INSERT INTO mendloop_audit.record SELECT 8, recorded_at, 'other', kind, remediation_id, body, prev_hash, hash FROM mendloop_audit.record WHERE seq = 10")}`,
    );
    const problems = await problemsOf(place);
    expect(problems.map(({ seq, kind }) => [seq, kind])).toEqual([
      [3, 'changed'],
      [5, 'changed'],
      [7, 'missing'],
      [8, 'changed'],
    ]);
  });

  it('shows an end that was cut off where a shipment or an anchor tells of it', async () => {
    const place = await bench.place();
    await tenEntries(place);
    const log = await openAuditLog(place.settings);
    const rows = await log.list({ limit: 10 });
    await log.recordShipment('siem', rows[7]!);
    await log.recordShipment('siem', rows[7]!);
    expect(await log.cursor('siem')).toEqual({ seq: 8, hash: rows[7]!.hash });
    await log.close();
    await place.admin('DELETE FROM mendloop_audit.record WHERE seq > 6');
    const again = await open(place.settings);
    expect((await again.verify()).problems).toEqual([
      { seq: 7, kind: 'missing', message: 'rows 7 to 8 are missing at the end: the shipment to siem knows of row 8' },
    ]);
    const anchor = { seq: 10, hash: rows[9]!.hash, source: 'the anchor given' };
    expect((await again.verify({ anchors: [anchor] })).problems).toMatchObject([{ seq: 7, message: /rows 7 to 10/ }]);
    // What is appended now gets the numbers of the rows that are gone, and cannot pass for them.
    await again.append([anEntry(), anEntry()]);
    expect((await again.verify()).problems).toMatchObject([
      {
        seq: 8,
        kind: 'changed',
        message: 'row 8, or one before it, was rewritten: the shipment to siem knows another',
      },
    ]);
  });

  describe('keeping it', () => {
    const keeperOf = (store: AuditStore, options: { sinks?: string[]; retentionDays?: number } = {}) =>
      createAuditKeeper({ store, signer, retentionDays: 120, sinks: [], ...options });

    it('signs what was appended, once', async () => {
      const log = await open((await bench.place()).settings);
      expect(await keeperOf(log).keep()).toMatchObject({ signed: null, removed: null, rowsVerified: 0 });
      await log.append([anEntry(), anEntry()]);
      const first = await keeperOf(log).keep();
      expect(first).toMatchObject({ signed: { seq: 2 }, removed: null, rowsRemoved: 0, rowsVerified: 2 });
      const second = await keeperOf(log).keep(first);
      expect(await keeperOf(log).keep(second)).toEqual({ ...second, rowsVerified: 0 });
      expect(await log.verify()).toMatchObject({ intact: true, rows: 3, signed: { seq: 2 } });
      expect((await log.list({ limit: 10 })).at(-1)).toMatchObject({ kind: 'checkpoint', actor: 'mendloop' });
    });

    it('removes only what is old enough, leaves a checkpoint, and still verifies', async () => {
      const place = await bench.place();
      await place.admin(agedRows([400, 300, 121, 119, 200, 1]));
      const log = await open(place.settings);
      expect(await log.verify()).toMatchObject({ intact: true, rows: 6 });
      const kept = await keeperOf(log).keep();
      expect(kept).toMatchObject({ removed: { seq: 3 }, rowsRemoved: 3, signed: { seq: 7 } });
      expect((await log.list({ limit: 10 })).map(({ seq, kind }) => [seq, kind])).toEqual([
        [4, 'effect_done'],
        [5, 'effect_done'],
        [6, 'effect_done'],
        [7, 'checkpoint'],
      ]);
      expect(await log.verify()).toMatchObject({ intact: true, removed: { seq: 3 }, signed: { seq: 6 } });
      await log.append([anEntry()]);
      expect(await keeperOf(log).keep(kept)).toMatchObject({ removed: { seq: 3 }, rowsRemoved: 0 });
      expect(await log.verify()).toMatchObject({ intact: true });
    });

    it('can remove everything but the checkpoint that says so', async () => {
      const place = await bench.place();
      await place.admin(agedRows([400, 300]));
      const log = await open(place.settings);
      expect(await keeperOf(log).keep()).toMatchObject({ removed: { seq: 2 }, rowsRemoved: 2 });
      expect(await log.verify()).toMatchObject({ intact: true, rows: 1, first: { seq: 3 } });
    });

    it('removes nothing that a sink has not got', async () => {
      const place = await bench.place();
      await place.admin(agedRows([400, 300, 200]));
      const log = await open(place.settings);
      const rows = await log.list({ limit: 10 });
      await log.recordShipment('fast', rows[2]!);
      await log.recordShipment('slow', rows[0]!);
      const sinks = ['fast', 'slow'];
      expect(await keeperOf(log, { sinks }).keep()).toMatchObject({ removed: { seq: 1 }, heldBackBy: 'slow' });
      expect(await keeperOf(log, { sinks: ['new'] }).keep()).toMatchObject({ rowsRemoved: 0, heldBackBy: 'new' });
      await log.recordShipment('slow', rows[2]!);
      expect(await keeperOf(log, { sinks }).keep()).toMatchObject({ removed: { seq: 3 }, rowsRemoved: 2 });
      expect(await log.verify()).toMatchObject({ intact: true });
    });

    it('is refused by the database itself for rows that are younger than 90 days, whoever asks', async () => {
      const place = await bench.place();
      await place.admin(agedRows([400, 89]));
      const log = await open(place.settings);
      const [old, young] = await log.list({ limit: 2 });
      const ask = async (through: typeof old, keepDays: number, told = through) => {
        const statement = { head: young!, removed: { seq: told!.seq, hash: told!.hash }, at: new Date().toISOString() };
        const head = { seq: young!.seq, hash: young!.hash };
        const checkpoint = checkpointEntry(signer.sign({ ...statement, head }));
        return await log.remove({ through: through!.seq, keepDays, checkpoint });
      };
      const refused = { type: 'Internal', message: expect.stringContaining('a constraint of the store') as string };
      await expect(ask(young, 90)).rejects.toMatchObject(refused);
      await expect(ask(young, 1)).rejects.toMatchObject(refused);
      await expect(ask(old, 89)).rejects.toMatchObject(refused);
      await expect(ask(old, 90, young)).rejects.toMatchObject(refused);
      expect(await log.verify()).toMatchObject({ intact: true, rows: 2 });
      expect(await ask(old, 90)).toBe(1);
    });

    it('does not sign over what was changed, or what Temporal remembers otherwise', async () => {
      const place = await bench.place();
      const log = await openAuditLog(place.settings);
      await log.append(Array.from({ length: 5 }, () => anEntry()));
      const kept = await keeperOf(log).keep();
      await log.append([anEntry()]);
      await log.close();
      // Cut off behind the last row that Temporal remembers, with the checkpoint, and appended to since.
      await place.admin('DELETE FROM mendloop_audit.record WHERE seq > 4');
      const cut = await open(place.settings);
      await expect(keeperOf(cut).keep(kept)).rejects.toMatchObject({
        type: 'AuditTampered',
        message: 'row 5 is missing at the end: the last checkpoint that Temporal remembers knows of row 5',
      });
      await cut.append([anEntry(), anEntry()]);
      await expect(keeperOf(cut).keep(kept)).rejects.toMatchObject({
        type: 'AuditTampered',
        message: 'row 5, or one before it, was rewritten: the last checkpoint that Temporal remembers knows another',
      });
      expect((await cut.list({ limit: 10 })).filter(({ kind }) => kind === 'checkpoint')).toEqual([]);
    });
  });
});
