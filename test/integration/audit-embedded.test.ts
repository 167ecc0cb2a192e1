import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { AuditStore } from '../../src/store/audit/audit-log.ts';
import { auditLogOf, openAuditLog, signingKey } from '../../src/store/audit/open-audit-log.ts';
import { openPgliteDatabase } from '../../src/store/embedded/pglite-database.ts';
import { type AuditSettings, auditSchema } from '../../src/config/audit-schema.ts';
import { anEntry } from '../unit/audit/log-builder.ts';
import { scratchFolder } from '../unit/stack/scratch.ts';
import { type Bench, pgliteBench } from './audit/benches.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await pgliteBench();
});
afterAll(async () => {
  await (bench as Bench | undefined)?.[Symbol.asyncDispose]();
});

async function open(settings: AuditSettings): Promise<AuditStore> {
  const log = await openAuditLog(settings);
  onTestFinished(() => log.close());
  return log;
}

const folderOf = ({ store }: AuditSettings) => (store.type === 'embedded' ? (store.folder ?? '') : '');

/** Another process that appends to the same folder; `keys` are those that it says are durable. */
function appender(
  settings: AuditSettings,
  name: string,
): { process: ChildProcess; keys: string[]; kill(): Promise<void> } {
  const script = fileURLToPath(new URL('audit/appender.ts', import.meta.url));
  const child = spawn(process.execPath, [script, folderOf(settings), name], { stdio: ['ignore', 'pipe', 'inherit'] });
  const keys: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => keys.push(line));
  const exited = once(child, 'close');
  const kill = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  onTestFinished(kill);
  return { process: child, keys, kill };
}

const patient = { timeout: 60_000 };

async function keysIn(log: AuditStore): Promise<Set<string>> {
  return new Set((await log.list({ limit: 10_000 })).map(({ key }) => key));
}

describe('an embedded audit log', () => {
  it('keeps what was appended when its process is killed, and can be opened by the next', async () => {
    const { settings } = await bench.place();
    const first = appender(settings, 'first');
    await expect.poll(() => first.keys.length, patient).toBeGreaterThan(20);
    await first.kill();
    const log = await open(settings);
    const keys = await keysIn(log);
    expect(first.keys.filter((key) => !keys.has(key))).toEqual([]);
    expect(await log.verify()).toMatchObject({ intact: true, rows: keys.size });
    await log.append([anEntry()]);
    expect(await log.verify()).toMatchObject({ intact: true, rows: keys.size + 1 });
  });

  it(
    'is used by several processes at once, and taken over when the one that has it open is killed',
    { timeout: 300_000 },
    async () => {
      const { settings } = await bench.place();
      const owner = appender(settings, 'owner');
      await expect.poll(() => owner.keys.length, patient).toBeGreaterThan(0);
      const log = await open(settings);
      await log.append([anEntry({ key: 'ours/1' })]);
      expect(await log.verify()).toMatchObject({ intact: true });
      // What must run once for a store is left to the process that has it open.
      expect(await log.exclusively('job', () => Promise.resolve('done'))).toBeUndefined();

      await owner.kill();
      const outcomes = new Set<string>();
      const append = () =>
        log.append([anEntry({ key: 'ours/2' })]).then(
          () => 'appended',
          (error: unknown) => String(error),
        );
      await expect
        .poll(async () => {
          const outcome = await append();
          outcomes.add(outcome.replace(/:.*/, ''));
          return outcome;
        }, patient)
        .toBe('appended');
      expect([...outcomes].filter((outcome) => outcome !== 'appended' && outcome !== 'AuditUnavailable')).toEqual([]);
      expect(await log.exclusively('job', () => Promise.resolve('done'))).toBe('done');

      const third = appender(settings, 'third');
      await expect.poll(() => third.keys.length, patient).toBeGreaterThan(5);
      await third.kill();
      const keys = await keysIn(log);
      for (const key of ['ours/1', 'ours/2', ...owner.keys, ...third.keys]) expect(keys).toContain(key);
      expect(await log.verify()).toMatchObject({ intact: true, rows: keys.size });
    },
  );

  it('has reached the disk when an append settles', async () => {
    const { settings } = await bench.place();
    // In this thread, where its writes can be seen.
    const database = await openPgliteDatabase(folderOf(settings));
    const log = auditLogOf(settings, { ...database, exclusively: (_name, job) => job() });
    onTestFinished(() => log.close());
    const sync = vi.spyOn(fs, 'fdatasyncSync');
    syncBuiltinESMExports();
    onTestFinished(() => {
      sync.mockRestore();
      syncBuiltinESMExports();
    });
    await log.list({ limit: 1 });
    expect(sync).not.toHaveBeenCalled();
    await log.append([anEntry(), anEntry()]);
    expect(sync).toHaveBeenCalledTimes(1);
  });

  it('runs a job of one name once at a time', async () => {
    const log = await open((await bench.place()).settings);
    let inner: unknown;
    const outer = await log.exclusively('job', async () => {
      inner = [
        await log.exclusively('job', () => Promise.resolve(1)),
        await log.exclusively('other', () => Promise.resolve(2)),
      ];
      return 3;
    });
    expect([inner, outer]).toEqual([[undefined, 2], 3]);
  });

  it('works in a folder whose path is too long for a socket', async () => {
    const place = await bench.place();
    const folder = join(await scratchFolder(), 'x'.repeat(120));
    fs.cpSync(folderOf(place.settings), folder, { recursive: true });
    const settings = auditSchema.parse({ store: { type: 'embedded', folder } });
    const [one, other] = [await open(settings), await open(settings)];
    await Promise.all([one.append([anEntry()]), other.append([anEntry()])]);
    expect(await other.verify()).toMatchObject({ intact: true, rows: 2 });
    // Its own key is made beside it when it is first wanted, for its user alone.
    signingKey(settings);
    expect(fs.statSync(join(folder, 'signing-key.pem')).mode & 0o777).toBe(0o600);
  });

  it('is unavailable where no folder can be', async () => {
    const file = join(await scratchFolder(), 'file');
    fs.writeFileSync(file, '');
    const place = await bench.place();
    const settings = { ...place.settings, store: { type: 'embedded' as const, folder: join(file, 'audit') } };
    await expect(openAuditLog(settings)).rejects.toMatchObject({ type: 'AuditUnavailable' });
  });

  it('is unavailable once it is closed', async () => {
    const log = await openAuditLog((await bench.place()).settings);
    await log.close();
    await log.close();
    await expect(log.append([anEntry()])).rejects.toMatchObject({ type: 'AuditUnavailable' });
  });
});
