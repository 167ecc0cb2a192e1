import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identify, isAlive } from '../process/process-identity.ts';
import type { ProcessIdentity } from '../process/process-identity.ts';

/** How long breaking a dead holder's lock can take at most; a breaker that died itself is passed after this time. */
const breakingMs = 10_000;

/**
 * Runs `job` while holding the lock file: one process at a time prepares servers. Waits for another holder, telling
 * `onWait` its PID, and takes over from one that died. Rejects with the signal's reason when aborted while waiting.
 */
export async function withLock<T>(
  file: string,
  job: () => Promise<T>,
  options: { onWait?: (pid: number) => void; signal?: AbortSignal | undefined } = {},
): Promise<T> {
  mkdirSync(dirname(file), { recursive: true });
  while (!tryCreate(file)) {
    options.signal?.throwIfAborted();
    const holder = readHolder(file);
    if (holder && isAlive(holder)) {
      options.onWait?.(holder.pid);
      await sleep(100);
    } else {
      breakLock(file);
      await sleep(5);
    }
  }
  try {
    return await job();
  } finally {
    rmSync(file, { force: true });
  }
}

function tryCreate(file: string): boolean {
  try {
    writeFileSync(file, JSON.stringify(identify(process.pid)), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function readHolder(file: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity;
  } catch {
    // Gone, or created this instant and not yet written.
    return undefined;
  }
}

/** Two that see the same dead holder must not each remove a lock: the second would remove the first one's new one. */
function breakLock(file: string): void {
  const breaker = `${file}.breaking`;
  if (!tryCreate(breaker)) {
    if (age(breaker) > breakingMs) rmSync(breaker, { force: true });
    return;
  }
  try {
    const holder = readHolder(file);
    const justCreated = holder === undefined && age(file) < breakingMs;
    if (!justCreated && !(holder && isAlive(holder))) rmSync(file, { force: true });
  } finally {
    rmSync(breaker, { force: true });
  }
}

/** Milliseconds since the file was written; infinite when it is gone. */
function age(file: string): number {
  try {
    return Date.now() - statSync(file).mtimeMs;
  } catch {
    return Infinity;
  }
}
