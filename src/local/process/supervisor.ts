import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ManagedProcess, ProcessExited } from './managed-process.ts';
import type { ProcessSpec } from './managed-process.ts';
import { waitFor } from './wait-for.ts';

export interface ServerProcess extends Omit<ProcessSpec, 'logFile'> {
  /** Whether the server answers; a throw counts as "not yet". */
  ready: () => Promise<boolean>;
  /** Milliseconds; 30 s unless given. */
  readyWithinMs?: number;
  /** Between SIGTERM and SIGKILL, in milliseconds; 5 s unless given. */
  graceMs?: number;
}

/** Starts servers, waits until they answer, and stops them in reverse order. Logs go to `logDir/NAME.log`. */
export class Supervisor {
  readonly #logDir: string;
  readonly #env: Record<string, string>;
  readonly #running: { process: ManagedProcess; graceMs: number | undefined }[] = [];
  #stopping: Promise<void> | undefined;

  /** `env` is given to every server, on top of this process's own environment. */
  constructor(options: { logDir: string; env?: Record<string, string> }) {
    this.#logDir = options.logDir;
    this.#env = options.env ?? {};
  }

  /**
   * Settles when the server answers. Rejects with {@link ProcessExited} when it ends first, with a `WaitTimeout` when
   * it does not answer in time; the server is stopped in that case.
   */
  async start(server: ServerProcess): Promise<ManagedProcess> {
    await mkdir(this.#logDir, { recursive: true });
    this.#refuseWhenStopping(server.name);
    const process = await ManagedProcess.spawn({
      ...server,
      env: { ...this.#env, ...server.env },
      logFile: join(this.#logDir, `${server.name}.log`),
    });
    this.#running.push({ process, graceMs: server.graceMs });
    const ended = new AbortController();
    void process.ended.then((exit) => ended.abort(exit));
    try {
      this.#refuseWhenStopping(server.name);
      await waitFor(server.ready, {
        what: `${server.name} to answer (its log: ${process.logFile})`,
        timeoutMs: server.readyWithinMs ?? 30_000,
        signal: ended.signal,
      });
    } catch (error) {
      await process.stop(server.graceMs);
      throw error;
    }
    return process;
  }

  /** The first server that ended by itself, if any did. */
  get failure(): Promise<ProcessExited> {
    return Promise.race(this.#running.map(({ process }) => process.ended));
  }

  /** Stops everything, last started first. Safe to call more than once, and while a start is under way. */
  stop(): Promise<void> {
    this.#stopping ??= (async () => {
      for (const { process, graceMs } of this.#running.toReversed()) await process.stop(graceMs);
    })();
    return this.#stopping;
  }

  #refuseWhenStopping(name: string): void {
    if (this.#stopping) throw new Error(`${name} is not started: its stack is being stopped`);
  }
}

/**
 * Runs `start`, and once more if a server in it found its port taken: a port is only known to be free until another
 * process takes it. Every run must pick its ports anew.
 */
export async function retryOnTakenPort<T>(start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    if (error instanceof ProcessExited && /address already in use|EADDRINUSE/i.test(error.logTail)) return start();
    throw error;
  }
}
