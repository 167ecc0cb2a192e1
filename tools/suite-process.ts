import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { stopOnSignals } from '../dev/stack/index.ts';
import { identify, signalGroup } from '../src/local/process/process-identity.ts';
import { reapWhenWeDie, releaseFromReaper } from '../src/local/process/reaper.ts';

const GRACE_MS = 10_000;

export interface SuiteCommand {
  readonly command: readonly [string, ...string[]];
  readonly cwd: string;
  /** Called with all that it has printed on standard output so far. */
  readonly onOutput?: (output: string) => void;
}

/**
 * Runs the command of a suite to its end. A signal to this process meanwhile ends the command, with all that it started,
 * and then this process; what is killed outright has its commands ended by the reaper.
 */
export async function runSuite(suite: SuiteCommand): Promise<{ exitCode: number; output: string; errors: string }> {
  const [command, ...args] = suite.command;
  // A group of its own: linters and test runners have workers, and all are ended together.
  const child = spawn(command, args, { cwd: suite.cwd, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    suite.onOutput?.(output);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const ended = new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
  const { pid } = child;
  const identity = pid === undefined ? undefined : identify(pid);
  if (pid !== undefined) reapWhenWeDie(pid);
  const stopping = new AbortController();
  const forget = stopOnSignals({
    stop: async () => {
      stopping.abort();
      if (identity === undefined) return;
      signalGroup(identity, 'SIGTERM');
      await Promise.race([ended, sleep(GRACE_MS, undefined, { ref: false })]);
      signalGroup(identity, 'SIGKILL');
    },
  });
  try {
    const exitCode = await ended;
    // This process is about to end: no suite is to begin, and none to be counted.
    if (stopping.signal.aborted) await new Promise<never>(() => undefined);
    return { exitCode, output, errors };
  } finally {
    forget();
    if (pid !== undefined) releaseFromReaper(pid);
  }
}
