import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { identify, signalGroup } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { reapWhenWeDie, releaseFromReaper } from './reaper.ts';

export interface ProcessSpec {
  /** For messages and for the name of the log file. */
  name: string;
  command: string;
  args: readonly string[];
  /** On top of this process's own environment. */
  env?: Record<string, string>;
  cwd?: string;
  /** Takes standard output and standard error; appended to. */
  logFile: string;
}

/** A server ended by itself. The message holds the last lines it logged. */
export class ProcessExited extends Error {
  override readonly name = 'ProcessExited';
  /** The last lines of the log. */
  readonly logTail: string;

  constructor(details: { name: string; how: string; logTail: string; logFile: string; cause?: unknown }) {
    super(`${details.name} ended with ${details.how}; its last lines, from ${details.logFile}:\n${details.logTail}`, {
      cause: details.cause,
    });
    this.logTail = details.logTail;
  }
}

const tailLines = 15;

/** A child process in a process group of its own, so that a Ctrl-C meant for us does not reach it before us. */
export class ManagedProcess {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  /** Settles when the process has ended, with how. Never rejects. */
  readonly ended: Promise<ProcessExited>;
  readonly #child: ChildProcess;
  readonly #identity: ProcessIdentity | undefined;
  #stopping: Promise<void> | undefined;
  #hasEnded = false;

  private constructor(details: { spec: ProcessSpec; child: ChildProcess; pid: number; ended: Promise<string> }) {
    this.name = details.spec.name;
    this.pid = details.pid;
    this.logFile = details.spec.logFile;
    this.#child = details.child;
    this.#identity = identify(details.pid);
    reapWhenWeDie(details.pid);
    this.ended = details.ended.then((how) => {
      this.#hasEnded = true;
      releaseFromReaper(this.pid);
      return new ProcessExited({ name: this.name, how, logTail: this.logTail(), logFile: this.logFile });
    });
  }

  /** Starts the program. Throws when it cannot be started at all; a later end is seen through `ended`. */
  static async spawn(spec: ProcessSpec): Promise<ManagedProcess> {
    const log = openSync(spec.logFile, 'a');
    try {
      const child = spawn(spec.command, spec.args, {
        detached: true,
        stdio: ['ignore', log, log],
        env: { ...process.env, ...spec.env },
        ...(spec.cwd === undefined ? {} : { cwd: spec.cwd }),
      });
      // Its starter stops it; a forgotten child must not keep a finished program from ending.
      child.unref();
      const ended = new Promise<string>((resolve) => {
        child.once('exit', (code, signal) => {
          resolve(signal ?? `exit code ${code ?? 'unknown'}`);
        });
      });
      const pid = child.pid;
      if (pid === undefined) {
        const cause = await new Promise<Error>((resolve) => child.once('error', resolve));
        throw new Error(`${spec.name} could not be started: ${cause.message}`, { cause });
      }
      child.on('error', () => undefined);
      return new ManagedProcess({ spec, child, pid, ended });
    } finally {
      closeSync(log);
    }
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  logTail(): string {
    try {
      return readFileSync(this.logFile, 'utf8').trimEnd().split('\n').slice(-tailLines).join('\n');
    } catch {
      return '';
    }
  }

  /** SIGTERM, and SIGKILL if the process still runs after the grace. Settles when it has ended; safe to repeat. */
  stop(graceMs = 5_000): Promise<void> {
    this.#stopping ??= this.#stop(graceMs);
    return this.#stopping;
  }

  /** SIGKILL at once, as a crash would: for tests that need one. */
  async kill(): Promise<void> {
    this.#child.ref();
    if (this.#identity) signalGroup(this.#identity, 'SIGKILL');
    await this.ended;
  }

  async #stop(graceMs: number): Promise<void> {
    if (this.#hasEnded || !this.#identity) return;
    this.#child.ref();
    signalGroup(this.#identity, 'SIGTERM');
    const late = new AbortController();
    const onTime = await Promise.race([
      this.ended.then(() => true),
      sleep(graceMs, false, { signal: late.signal }).catch(() => false),
    ]);
    late.abort();
    if (onTime) return;
    signalGroup(this.#identity, 'SIGKILL');
    await this.ended;
  }
}
