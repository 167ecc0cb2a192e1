import { join } from 'node:path';
import { type ManagedProcess, Supervisor } from '../../../dev/stack/index.ts';
import { consoleLink, findWaysIn } from '../../../src/cli/start-link.ts';

const MAIN = join(import.meta.dirname, '..', '..', '..', 'src', 'cli', 'main.ts');

export interface MendloopOptions {
  readonly configFile: string;
  readonly logDir: string;
  /** `host:port`. */
  readonly temporalAddress: string;
  readonly temporalNamespace: string;
  /** Temporal's own configuration file; an empty one. */
  readonly temporalConfigFile: string;
  /** Without a trailing slash. */
  readonly apiUrl: string;
  /** Whether a worker polls the task queue. */
  readonly hasWorker: () => Promise<boolean>;
}

/** Mendloop as a user would run it: `mendloop api` and `mendloop worker`, each a process of its own. */
export class MendloopProcesses {
  readonly #options: MendloopOptions;
  readonly #supervisor: Supervisor;
  #worker: ManagedProcess | undefined;

  private constructor(options: MendloopOptions) {
    this.#options = options;
    this.#supervisor = new Supervisor({ logDir: options.logDir });
  }

  /** Settles when the API is ready and a worker polls. */
  static async start(options: MendloopOptions): Promise<MendloopProcesses> {
    const processes = new MendloopProcesses(options);
    try {
      await Promise.all([
        processes.#start('api', 'mendloop-api', async () => (await fetch(`${options.apiUrl}/readyz`)).ok),
        processes.#startWorker('mendloop-worker', options.hasWorker),
      ]);
      return processes;
    } catch (error) {
      await processes.stop();
      throw error;
    }
  }

  /** Of the console, with the token of this start. */
  get consoleUrl(): string {
    const { logDir, apiUrl } = this.#options;
    const wayIn = findWaysIn(logDir).find(({ url }) => url === apiUrl);
    return wayIn === undefined ? apiUrl : consoleLink(wayIn);
  }

  /** SIGKILL: no chance to say goodbye to Temporal. */
  async killWorker(): Promise<void> {
    await this.#worker?.kill();
  }

  /** Settles when the process is started. */
  async startAnotherWorker(): Promise<void> {
    // Temporal remembers the dead one's polls for minutes: they say nothing about the new one.
    await this.#startWorker('mendloop-worker-2', () => Promise.resolve(true));
  }

  stop(): Promise<void> {
    return this.#supervisor.stop();
  }

  async #startWorker(name: string, ready: () => Promise<boolean>): Promise<void> {
    this.#worker = await this.#start('worker', name, ready);
  }

  #start(command: 'api' | 'worker', name: string, ready: () => Promise<boolean>): Promise<ManagedProcess> {
    const { temporalAddress, temporalNamespace, temporalConfigFile, configFile, logDir } = this.#options;
    return this.#supervisor.start({
      name,
      command: process.execPath,
      args: [MAIN, command, '--config', configFile],
      env: {
        TEMPORAL_ADDRESS: temporalAddress,
        TEMPORAL_NAMESPACE: temporalNamespace,
        // Whatever profile the user has is for a server of theirs.
        TEMPORAL_CONFIG_FILE: temporalConfigFile,
        TEMPORAL_TLS: 'false',
        MENDLOOP_STATE: logDir,
      },
      ready,
      readyWithinMs: 60_000,
    });
  }
}
