import { taskQueueOf } from '../../../src/contract/task-queue.ts';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import { type ManagedProcess, type Stoppable, Supervisor } from '../../../dev/stack/index.ts';
import { findWaysIn } from '../../../src/cli/start-link.ts';
import { stateFolder } from '../../../src/config/state-folder.ts';

/** Where the worker of the usual settings polls. */
const QUEUE = taskQueueOf({ temporal: { taskQueue: 'mendloop' }, kubernetes: { cluster: 'default' } });

const MAIN = join(import.meta.dirname, '..', '..', '..', 'src', 'cli', 'main.ts');

export interface MendloopProcessesOptions {
  /** For logs and state. */
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Another build than this one, or with more in its environment. */
export interface StartedBuild {
  /** Its main program. */
  readonly main?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The `mendloop` command as processes of their own, from the sources. */
export class MendloopProcesses implements Stoppable {
  readonly #directory: string;
  readonly #env: Record<string, string>;
  readonly #supervisor: Supervisor;
  #serial = 0;

  constructor({ directory, env }: MendloopProcessesOptions) {
    this.#directory = directory;
    this.#env = {
      TEMPORAL_NAMESPACE: 'default',
      TEMPORAL_CONFIG_FILE: join(directory, 'temporal.toml'),
      TEMPORAL_TLS: 'false',
      MENDLOOP_STATE: join(directory, 'state'),
      ...env,
    };
    this.#supervisor = new Supervisor({ logDir: directory });
  }

  /** What a command finds in its environment. */
  get env(): Readonly<Record<string, string>> {
    return this.#env;
  }

  /** Bearer token of the start of the API at this address. */
  tokenOf(url: string): string {
    const wayIn = findWaysIn(stateFolder(this.#env)).find((left) => left.url === url);
    if (wayIn === undefined) throw new Error(`no API has left a way in to ${url}`);
    return wayIn.token;
  }

  /** Runs a command to its end; rejects if it fails. */
  async run(args: readonly string[]): Promise<void> {
    await promisify(execFile)(process.execPath, [MAIN, ...args], { env: { ...process.env, ...this.#env } });
  }

  /** Runs a command to its end, whatever that is. */
  async tryRun(args: readonly string[]): Promise<CommandResult> {
    const env = { ...process.env, ...this.#env };
    return await new Promise((resolve) => {
      execFile(process.execPath, [MAIN, ...args], { env }, (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : 1, stdout, stderr });
      });
    });
  }

  startApi({ config, url }: { readonly config: string; readonly url: string }): Promise<ManagedProcess> {
    return this.#start('api', config, async () => (await fetch(`${url}/readyz`)).ok);
  }

  startWorker({
    config,
    client,
    ...build
  }: StartedBuild & { readonly config: string; readonly client: Client }): Promise<ManagedProcess> {
    // Temporal remembers the polls of a worker that was killed: only a newer one is the new worker's.
    const since = Date.now();
    return this.#start('worker', config, () => isPolled(client, QUEUE, since), build);
  }

  stop(): Promise<void> {
    return this.#supervisor.stop();
  }

  async #start(
    command: 'api' | 'worker',
    config: string,
    ready: () => Promise<boolean>,
    { main = MAIN, env = {} }: StartedBuild = {},
  ): Promise<ManagedProcess> {
    await writeFile(join(this.#directory, 'temporal.toml'), '[profile.default]\n');
    return await this.#supervisor.start({
      name: `mendloop-${command}-${(this.#serial += 1)}`,
      command: process.execPath,
      args: [main, command, '--config', config],
      env: { ...this.#env, ...env },
      ready,
      readyWithinMs: 120_000,
    });
  }
}

async function isPolled(client: Client, taskQueue: string, since: number): Promise<boolean> {
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace: 'default',
    taskQueue: { name: taskQueue },
    taskQueueType: proto.temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
  });
  return pollers.some(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1000 > since);
}
