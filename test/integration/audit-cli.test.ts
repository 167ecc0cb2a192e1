import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseSince } from '../../src/cli/audit/export.ts';
import { registerAudit } from '../../src/cli/commands/audit.ts';
import { openAuditLog } from '../../src/store/audit/open-audit-log.ts';
import { type AuditSettings, auditSchema } from '../../src/config/audit-schema.ts';
import type { AuditVerdict } from '../../src/domain/audit/verdict.ts';
import { anchorFile } from '../../src/store/audit/anchor-file.ts';
import { createAuditKeeper } from '../../src/store/audit/audit-keeper.ts';
import { anEntry, signer } from '../unit/audit/log-builder.ts';
import { scratchFolder } from '../unit/stack/scratch.ts';
import { type Place, type PostgresBench, postgresBench } from './audit/benches.ts';

let bench: PostgresBench;
let place: Place;
let printed: string;

beforeAll(async () => {
  bench = await postgresBench();
});
afterAll(async () => {
  await (bench as PostgresBench | undefined)?.[Symbol.asyncDispose]();
});
beforeEach(async () => {
  place = await bench.place();
  const store = await openAuditLog(place.settings);
  await store.append([anEntry({ remediationId: 'one' }), anEntry({ remediationId: 'two', kind: 'decision' })]);
  await createAuditKeeper({ store, signer, retentionDays: 90, sinks: [] }).keep();
  await store.close();
  printed = '';
  const print = (text: unknown) => {
    printed += String(text);
    return true;
  };
  vi.spyOn(console, 'log').mockImplementation((text: unknown) => void print(`${String(text)}\n`));
  vi.spyOn(process.stdout, 'write').mockImplementation((text: unknown, ...rest: unknown[]) => {
    print(text);
    for (const callback of rest) if (typeof callback === 'function') (callback as () => void)();
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

/** What the process would end with. */
const exitCode = () => Number(process.exitCode ?? 0);

/** Runs `mendloop audit ...` in this process; gives what it printed and its exit code. */
async function run(args: readonly string[], settings: AuditSettings = place.settings) {
  const program = new Command('mendloop').exitOverride();
  registerAudit(program, () => settings);
  printed = '';
  process.exitCode = undefined;
  await program.parseAsync(['audit', ...args], { from: 'user' });
  return { output: printed, exitCode: exitCode() };
}

describe('mendloop audit verify', () => {
  it('says what an intact log is, and what to keep', async () => {
    const { output, exitCode } = await run(['verify']);
    expect(exitCode).toBe(0);
    expect(output).toMatch(
      /^intact: 3 rows, 1 to 3\nremoved by retention: nothing\nsigned: rows up to 2\nanchor: 3:[0-9a-f]{64}\n/,
    );
    const anchor = /anchor: (\S+)/.exec(output)![1]!;
    expect(await run(['verify', '--anchor', anchor])).toMatchObject({ exitCode: 0 });
    await place.admin('DELETE FROM mendloop_audit.record WHERE seq = 3');
    const cut = await run(['verify', '--anchor', anchor, '--json']);
    expect(cut.exitCode).toBe(2);
    expect((JSON.parse(cut.output) as AuditVerdict).problems).toEqual([
      { seq: 3, kind: 'missing', message: 'row 3 is missing at the end: the anchor given knows of row 3' },
    ]);
  });

  it('names every row that is not as it was, and exits with 2', async () => {
    await place.admin(
      "UPDATE mendloop_audit.record SET body = replace(body, 'mendloop', 'nobody') WHERE seq IN (1, 2)",
    );
    const { output, exitCode } = await run(['verify']);
    expect(exitCode).toBe(2);
    expect(output).toMatch(
      /^TAMPERED: 2 problems in 3 rows\n +1 {2}changed +row 1 was changed: .*\n +2 {2}changed +row 2 /,
    );
  });

  it('compares it with the anchors that the keeper leaves in a file, whatever was cut off in the database', async () => {
    const anchors = join(await scratchFolder(), 'anchors');
    const settings = auditSchema.parse({ ...place.settings, anchorFile: anchors });
    const keep = async () => {
      const store = await openAuditLog(settings);
      await store.append([anEntry({ remediationId: 'three' })]);
      await createAuditKeeper({ store, signer, retentionDays: 90, sinks: [], anchors: anchorFile(anchors) }).keep();
      await store.close();
    };
    await keep();
    await keep();
    const lines = (await readFile(anchors, 'utf8')).trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatch(/^\d{4}-\S+Z 6:[0-9a-f]{64}$/);
    expect(await run(['verify'], settings)).toMatchObject({ exitCode: 0 });

    // With the checkpoint that would have betrayed it, and a run of the keeper that knows nothing of before.
    await place.admin('DELETE FROM mendloop_audit.record WHERE seq >= 5');
    expect(await run(['verify'])).toMatchObject({ exitCode: 0 });
    const { output, exitCode } = await run(['verify'], settings);
    expect(exitCode).toBe(2);
    expect(output).toContain(`rows 5 to 6 are missing at the end: the anchor of`);
    await expect(keep()).rejects.toMatchObject({ type: 'AuditTampered' });
    expect(await run(['verify', '--anchor-file', anchors])).toMatchObject({ exitCode: 2 });
  });

  it('takes no anchor file that was written over, and needs one that can be written', async () => {
    const folder = await scratchFolder();
    const anchors = join(folder, 'anchors');
    await writeFile(anchors, `2026-01-01T00:00:00.000Z 1:${'a'.repeat(64)}\nforged\n2026-01-01T01:00:00.000Z 2:half`);
    await expect(run(['verify', '--anchor-file', anchors])).rejects.toThrow(`${anchors}, line 2: no anchor`);
    await expect(anchorFile(folder).append({ seq: 1, hash: 'a'.repeat(64) }, 'now')).rejects.toMatchObject({
      type: 'AuditUnavailable',
      message: expect.stringContaining('EISDIR') as string,
    });
    await writeFile(anchors, `2026-01-01T00:00:00.000Z 1:${'a'.repeat(64)}\n`);
    const rewritten = await run(['verify', '--anchor-file', anchors]);
    expect(rewritten.output).toContain('row 1, or one before it, was rewritten: the anchor of 2026-01-01');
  });

  it('fails otherwise when it could not look', async () => {
    const away = auditSchema.parse({ ...place.settings, store: { ...place.settings.store, port: 1 } });
    await expect(run(['verify'], away)).rejects.toMatchObject({ type: 'AuditUnavailable' });
    const nowhere = auditSchema.parse({ store: { type: 'embedded', folder: '/nowhere/audit' } });
    await expect(run(['verify'], nowhere)).rejects.toThrow('there is no audit log at /nowhere/audit');
    await expect(run(['verify', '--anchor', '3'])).rejects.toThrow('3 is no anchor: it must be NUMBER:HASH');
  });

  it('verifies an export without the database, by the public key', async () => {
    const folder = await scratchFolder();
    const [file, key] = [join(folder, 'audit.jsonl'), join(folder, 'mendloop.pub')];
    await run(['export', '--output', file]);
    await writeFile(key, (await run(['public-key'])).output);
    expect(await readFile(key, 'utf8')).toContain('PUBLIC KEY');
    const nothing = () => {
      throw new Error('an auditor has no settings');
    };
    const verify = async (...args: string[]) => {
      const program = new Command().exitOverride();
      registerAudit(program, nothing);
      printed = '';
      process.exitCode = undefined;
      await program.parseAsync(['audit', 'verify', '--file', file, '--public-key', key, ...args], { from: 'user' });
      return { output: printed, exitCode: exitCode() };
    };
    expect(await verify()).toMatchObject({ exitCode: 0, output: expect.stringMatching(/^intact: 3 rows/) as string });
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
    await writeFile(file, lines.slice(1).join('\n'));
    expect(await verify()).toMatchObject({ exitCode: 2, output: expect.stringMatching(/row 1 is missing/) as string });
    expect(await verify('--partial')).toMatchObject({ exitCode: 0 });
    await writeFile(file, lines.join('\n').replace('"policyRevision":"abc123"', '"policyRevision":"abc124"'));
    expect(await verify()).toMatchObject({ exitCode: 2, output: expect.stringMatching(/row 1 was changed/) as string });
    await writeFile(file, 'something else');
    await expect(verify()).rejects.toThrow(/line 1: no row of an audit log/);
  });
});

describe('mendloop audit export', () => {
  it('writes one line a row, in each format', async () => {
    const lines = async (...args: string[]) => (await run(['export', ...args])).output.trimEnd().split('\n');
    expect((await lines()).map((line) => (JSON.parse(line) as { seq: number }).seq)).toEqual([1, 2, 3]);
    expect(await lines('--json')).toEqual(await lines());
    expect(
      (await lines('--format', 'ocsf')).map((line) => (JSON.parse(line) as { class_uid: number }).class_uid),
    ).toEqual([6003, 3004, 3004]);
    expect((await lines('--format', 'cef'))[1]).toMatch(/^CEF:0\|Mendloop\|Mendloop\|1\|decision\|/);
    expect(await lines('--remediation', 'two')).toHaveLength(1);
    expect(await lines('--since', '1h')).toHaveLength(3);
    expect(await lines('--since', '2100-01-01T00:00:00Z')).toEqual(['']);
    await expect(run(['export', '--format', 'xml'])).rejects.toThrow('xml is no format; there are: jsonl, ocsf, cef');
    await expect(run(['export', '--since', 'yesterday'])).rejects.toThrow(/yesterday is neither a time/);
  });

  it.each([
    ['90m', '2026-07-31T22:30:00.000Z'],
    ['24h', '2026-07-31T00:00:00.000Z'],
    ['7d', '2026-07-25T00:00:00.000Z'],
    ['2w', '2026-07-18T00:00:00.000Z'],
    ['2026-01-01T01:00:00+01:00', '2026-01-01T00:00:00.000Z'],
  ])('takes --since %s', (text, instant) => {
    expect(parseSince(text, Date.parse('2026-08-01T00:00:00Z'))).toBe(instant);
  });
});

describe('mendloop audit migrate', () => {
  it('prepares a database, once, as its owner', async () => {
    await bench.server('DROP DATABASE IF EXISTS fresh');
    await bench.server('CREATE DATABASE fresh');
    const settings = auditSchema.parse({ ...place.settings, store: { ...place.settings.store, database: 'fresh' } });
    expect((await run(['migrate'], settings)).output).toBe('the schema has version 1 now (was not there)\n');
    expect((await run(['migrate', '--json'], settings)).output).toBe('{"from":1,"to":1}\n');
    const log = await openAuditLog(settings);
    await log.append([anEntry()]);
    expect(await log.verify()).toMatchObject({ intact: true, rows: 1 });
    await log.close();
  });

  it('prints SQL that does the same', async () => {
    const { output } = await run(['migrate', '--print']);
    await bench.server('DROP DATABASE IF EXISTS printed');
    await bench.server('CREATE DATABASE printed');
    const settings = auditSchema.parse({ ...place.settings, store: { ...place.settings.store, database: 'printed' } });
    const other = await bench.in('printed', output);
    expect(other).toEqual([]);
    const log = await openAuditLog(settings);
    await log.append([anEntry()]);
    await log.close();
  });

  it('refuses a login that may not, and an embedded store', async () => {
    await expect(run(['migrate', '--user', 'service'])).rejects.toMatchObject({ type: 'StoreUnavailable' });
    const embedded = auditSchema.parse({ store: { type: 'embedded', folder: '/nowhere' } });
    await expect(run(['migrate'], embedded)).rejects.toThrow('needs no migration');
  });
});

it.each(['verify', 'export', 'migrate', 'public-key'])('mendloop audit %s --help shows examples', async (name) => {
  await expect(run([name, '--help'])).rejects.toMatchObject({ code: 'commander.helpDisplayed' });
  expect(printed).toMatch(/Examples:\n {2}\$ /);
  expect(printed).toContain('--json');
});
