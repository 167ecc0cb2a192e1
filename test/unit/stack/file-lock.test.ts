import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../../src/local/package-root.ts';
import { takeLock, withLock } from '../../../src/local/process/file-lock.ts';
import { identify } from '../../../src/local/process/process-identity.ts';
import { scratchFolder } from './scratch.ts';

const MODULE = join(packageRoot(), 'src', 'local', 'process', 'file-lock.ts');

/** A process that takes the lock, says so, and holds it until it is killed. */
async function holder(file: string) {
  const code = `
    const { takeLock } = await import(${JSON.stringify(MODULE)});
    const taken = await takeLock(${JSON.stringify(file)}, 'listens here');
    console.log(typeof taken);
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
  expect(said).toBe('function\n');
  return {
    pid: child.pid,
    kill: async () => {
      child.kill('SIGKILL');
      await once(child, 'close');
    },
  };
}

it('a lock is held by one process, which tells the others its note, and is taken over when that has died', async () => {
  const file = join(await scratchFolder(), 'folder', 'a.lock');
  const other = await holder(file);
  expect(await takeLock(file, 'me')).toMatchObject({ pid: other.pid, note: 'listens here' });
  await other.kill();
  const free = await takeLock(file, 'me');
  expect(free).toBeTypeOf('function');
  if (typeof free === 'function') free();
  expect(existsSync(file)).toBe(false);
});

it.each([
  [
    'of a PID that has been given out again',
    () => JSON.stringify({ ...identify(process.pid), startTime: '1', note: '' }),
  ],
  ['that something else has written', () => 'half a li'],
])('a lock %s is taken over', async (_what, content) => {
  const file = join(await scratchFolder(), 'a.lock');
  await writeFile(file, content());
  expect(await takeLock(file)).toBeTypeOf('function');
});

it('jobs under a lock run one at a time, and leave nothing behind', async () => {
  const folder = await scratchFolder();
  const file = join(folder, 'a.lock');
  await writeFile(file, JSON.stringify({ pid: 2 ** 30, note: '' }));
  let inside = 0;
  const waited: number[] = [];
  const job = async () => {
    inside += 1;
    expect(inside).toBe(1);
    await new Promise((resolve) => setImmediate(resolve));
    inside -= 1;
  };
  const onWait = (pid: number) => void waited.push(pid);
  await Promise.all(Array.from({ length: 5 }, () => withLock(file, job, { onWait })));
  expect(new Set(waited)).toEqual(new Set([process.pid]));
  expect(await readdir(folder)).toEqual([]);
});

it('waiting for a lock ends when it is aborted', async () => {
  const file = join(await scratchFolder(), 'a.lock');
  const free = await takeLock(file);
  const stop = new AbortController();
  const waiting = withLock(file, () => Promise.resolve('in'), {
    signal: stop.signal,
    onWait: () => stop.abort(new Error('interrupted')),
  });
  await expect(waiting).rejects.toThrow('interrupted');
  if (typeof free === 'function') free();
});
