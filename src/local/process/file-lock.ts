import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identify, isAlive, type ProcessIdentity } from './process-identity.ts';

/** Removing what a dead process left takes no time; what took this long was left by one that died at it. */
const BREAKING_MS = 10_000;

/** Between two looks at a lock that another process holds. */
const LOOK_MS = 100;

export interface LockHolder extends ProcessIdentity {
  /** What the holder has to say to others, such as where it listens. */
  readonly note: string;
}

/**
 * Takes a lock file for this process, over from one that died.
 *
 * @returns a function that gives it free again; or who holds it, if that process lives.
 */
export async function takeLock(file: string, note = ''): Promise<(() => void) | LockHolder> {
  mkdirSync(dirname(file), { recursive: true });
  for (;;) {
    if (create(file, JSON.stringify({ ...identify(process.pid), note }))) return () => rmSync(file, { force: true });
    const holder = readHolder(file);
    if (holder !== undefined && isAlive(holder)) return holder;
    breakLock(file);
    await sleep(5);
  }
}

/**
 * Runs `job` while this process holds the lock file. Waits for another holder, telling `onWait` its PID. Rejects with the
 * signal's reason when aborted while waiting.
 */
export async function withLock<T>(
  file: string,
  job: () => Promise<T>,
  options: { onWait?: (pid: number) => void; signal?: AbortSignal | undefined } = {},
): Promise<T> {
  let taken = await takeLock(file);
  while (typeof taken !== 'function') {
    options.signal?.throwIfAborted();
    options.onWait?.(taken.pid);
    await sleep(LOOK_MS);
    taken = await takeLock(file);
  }
  try {
    return await job();
  } finally {
    taken();
  }
}

/** Written whole or not at all: a link, unlike a rename, fails where there is a file already. */
function create(file: string, content: string): boolean {
  const fresh = `${file}.${randomUUID()}`;
  writeFileSync(fresh, content, { mode: 0o600 });
  try {
    linkSync(fresh, file);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(fresh, { force: true });
  }
}

/** Two that see the same dead holder must not each remove a lock: the second would remove the first one's new one. */
function breakLock(file: string): void {
  const breaker = `${file}.breaking`;
  if (!create(breaker, '')) {
    if (ageMs(breaker) > BREAKING_MS) rmSync(breaker, { force: true });
    return;
  }
  try {
    const holder = readHolder(file);
    if (holder === undefined || !isAlive(holder)) rmSync(file, { force: true });
  } finally {
    rmSync(breaker, { force: true });
  }
}

/** Undefined where it is gone, or was written by something else. */
function readHolder(file: string): LockHolder | undefined {
  try {
    const { pid, startTime, note } = JSON.parse(readFileSync(file, 'utf8')) as Partial<LockHolder>;
    return typeof pid === 'number' && typeof note === 'string' ? { pid, startTime, note } : undefined;
  } catch {
    return undefined;
  }
}

/** Milliseconds since the file was written; infinite when it is gone. */
function ageMs(file: string): number {
  try {
    return Date.now() - statSync(file).mtimeMs;
  } catch {
    return Infinity;
  }
}
