import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PodSpec } from './pod-spec.ts';

const SERVICE_MAIN = join(import.meta.dirname, '..', 'shop', 'service.ts');

/** Milliseconds from the order to stop to SIGKILL; a little more than the process takes to empty its queue. */
const GRACE_MS = 2500;

/** The one real process behind a Pod. It ends with us, however we end: its IPC channel closes. */
export class PodProcess {
  readonly spec: PodSpec;
  /** Settles when it listens, or has ended before it came to that. */
  readonly settled: Promise<void>;
  readonly #child: ChildProcess;
  #endpoint: string | undefined;
  #stopping = false;

  constructor(options: {
    readonly spec: PodSpec;
    readonly endpointsFile: string;
    /** It ended although nobody stopped it. */
    readonly onCrash: () => void;
  }) {
    this.spec = options.spec;
    this.#child = fork(SERVICE_MAIN, [], {
      env: {
        PATH: process.env['PATH'],
        ...options.spec.env,
        ENDPOINTS_FILE: options.endpointsFile,
        // Halves the CPU of a start for all but the first.
        NODE_COMPILE_CACHE: join(dirname(options.endpointsFile), 'compile-cache'),
      },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.settled = new Promise((resolve) => {
      this.#child.once('message', (message) => {
        this.#endpoint = `127.0.0.1:${(message as { port: number }).port}`;
        resolve();
      });
      this.#child.once('exit', () => {
        this.#endpoint = undefined;
        if (!this.#stopping) options.onCrash();
        resolve();
      });
    });
  }

  /** `host:port` while it takes requests. */
  get endpoint(): string | undefined {
    return this.#stopping ? undefined : this.#endpoint;
  }

  /** Lets it finish what is queued. Settles when it has ended. */
  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    const late = new AbortController();
    const grace = sleep(GRACE_MS, undefined, { signal: late.signal }).then(
      () => this.#child.kill('SIGKILL'),
      () => undefined,
    );
    await ended;
    late.abort();
    await grace;
  }
}
