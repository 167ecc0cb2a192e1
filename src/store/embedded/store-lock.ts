import { linkSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

/** Removing what a dead process left takes no time; what took this long was left by one that died at it. */
const BREAKING_MS = 10_000;

const holderSchema = z.object({
  pid: z.int().positive(),
  /** Of the process, in the kernel's clock ticks: PIDs are given out again. Absent where there is no `/proc`. */
  startTime: z.string().optional(),
  /** Where the holder listens. */
  socket: z.string(),
});
export type StoreHolder = z.infer<typeof holderSchema>;

/**
 * Makes this process the only one that opens the folder's database, which two at once would destroy.
 *
 * @returns a function that gives the folder free again; or who holds it, if that process lives.
 */
export async function takeStore(folder: string, socket: string): Promise<(() => void) | StoreHolder> {
  const file = join(folder, 'owner.json');
  const startTime = startTimeOf(process.pid);
  const me: StoreHolder = { pid: process.pid, socket, ...(startTime === undefined ? {} : { startTime }) };
  for (;;) {
    if (create(file, JSON.stringify(me))) return () => rmSync(file, { force: true });
    const holder = readHolder(file);
    if (holder !== undefined && isAlive(holder)) return holder;
    breakLock(file);
    await sleep(5);
  }
}

/** Written whole or not at all: a link, unlike a rename, fails where there is a file already. */
function create(file: string, content: string): boolean {
  const fresh = `${file}.${process.pid}`;
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

/** Two that see the same dead holder must not each remove a file: the second would remove the first one's new one. */
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

function readHolder(file: string): StoreHolder | undefined {
  try {
    return holderSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined; // Gone, or written by something else.
  }
}

function isAlive({ pid, startTime }: StoreHolder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM means that it runs, as someone else.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  return startTimeOf(pid) === startTime;
}

function startTimeOf(pid: number): string | undefined {
  try {
    // The name in brackets may hold spaces and brackets: fields are counted after the last closing one.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .at(19);
  } catch {
    return undefined;
  }
}

function ageMs(file: string): number {
  try {
    return Date.now() - statSync(file).mtimeMs;
  } catch {
    return Infinity;
  }
}
