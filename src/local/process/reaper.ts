import { spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { extname } from 'node:path';
import type { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { identify } from './process-identity.ts';

let pipe: Writable | undefined;

/** Has the child stopped should this process end without stopping it, be it by SIGKILL. */
export function reapWhenWeDie(pid: number): void {
  const identity = identify(pid);
  if (identity) reaperPipe().write(`+${pid} ${identity.startTime ?? ''}\n`);
}

/** The child has ended; its PID may soon be another process's. */
export function releaseFromReaper(pid: number): void {
  pipe?.write(`-${pid}\n`);
}

/** One reaper serves the whole process and is started with the first child. */
function reaperPipe(): Writable {
  if (pipe) return pipe;
  // Runs from src (.ts) and from dist (.js).
  const main = fileURLToPath(new URL(`./reaper-main${extname(import.meta.filename)}`, import.meta.url));
  const reaper = spawn(process.execPath, [main], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    // Flags meant for this process, such as a debugger's port, are not meant for the helper.
    env: { ...process.env, NODE_OPTIONS: '' },
    cwd: '/',
  });
  reaper.unref();
  pipe = reaper.stdin;
  // A socket underneath, which would keep this process alive.
  if (reaper.stdin instanceof Socket) reaper.stdin.unref();
  // Without a reaper children are still stopped on every ordinary way out; writing to it must not end us.
  pipe.on('error', () => undefined);
  reaper.on('error', () => undefined);
  return pipe;
}
