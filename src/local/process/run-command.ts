import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { identify, signalGroup } from './process-identity.ts';
import { reapWhenWeDie, releaseFromReaper } from './reaper.ts';

export interface Command {
  command: string;
  args: readonly string[];
  /** The whole environment of the child. */
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** Every line of standard output and standard error, as it comes. */
  onLine?: (line: string) => void;
  /** Aborting kills the command with everything it started. */
  signal?: AbortSignal | undefined;
  timeoutMs?: number;
}

/** A command that did not end with 0. The message holds its last lines. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
}

const keptLines = 12;

/**
 * Runs a command to its end and gives what it printed on standard output. Rejects with {@link CommandFailed} when it
 * cannot be started, fails, or takes longer than `timeoutMs`; with the signal's reason when aborted.
 */
export async function runCommand(options: Command): Promise<string> {
  options.signal?.throwIfAborted();
  const child = spawn(options.command, options.args, {
    // In a group of its own, a compiler with its many children can be killed as one.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.env ? { env: options.env } : {}),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  const identity = child.pid === undefined ? undefined : identify(child.pid);
  if (child.pid !== undefined) reapWhenWeDie(child.pid);
  const kill = () => {
    if (identity) signalGroup(identity, 'SIGKILL');
  };
  options.signal?.addEventListener('abort', kill, { once: true });
  const timer = options.timeoutMs === undefined ? undefined : setTimeout(kill, options.timeoutMs);

  const output: string[] = [];
  const last: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      if (stream === child.stdout) output.push(line);
      last.push(line);
      if (last.length > keptLines) last.shift();
      options.onLine?.(line);
    });
  }
  try {
    const how = await new Promise<string | undefined>((resolve) => {
      child.once('error', (error) => {
        resolve(error.message);
      });
      child.once('close', (code, signal) => {
        resolve(code === 0 ? undefined : (signal ?? `exit code ${code ?? 'unknown'}`));
      });
    });
    options.signal?.throwIfAborted();
    if (how === undefined) return output.join('\n');
    throw new CommandFailed(`${options.command} failed (${how})${last.length > 0 ? `: ${last.join('\n')}` : ''}`);
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', kill);
    if (child.pid !== undefined) releaseFromReaper(child.pid);
  }
}
