import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { freePort } from '../../src/local/process/free-port.ts';
import type { ManagedProcess } from '../../src/local/process/managed-process.ts';
import type { Stoppable } from '../../src/local/process/stop-on-signals.ts';
import { Supervisor, retryOnTakenPort } from '../../src/local/process/supervisor.ts';
import { reloadConfig } from './reload-config.ts';

export interface AlertmanagerOptions {
  binary: { path: string };
  /** Holds configuration, silences and log; made when missing, kept on stop. */
  dataDir: string;
  /** Content of `alertmanager.yml`; relative paths in it are relative to `dataDir`. */
  config: string;
  /** A free one unless given. */
  port?: number | undefined;
  /** More flags. */
  args?: readonly string[] | undefined;
}

export interface AlertmanagerServer extends Stoppable {
  /** Without a trailing slash. */
  url: string;
  process: ManagedProcess;
  /** Has the configuration read again, with new content if given. Throws with what Alertmanager finds wrong in it. */
  reload(config?: string): Promise<void>;
}

/**
 * Starts one Alertmanager on 127.0.0.1, with gossip off; works with 0.25 and newer. Settles when it accepts alerts.
 * Rejects with `ProcessExited` or `WaitTimeout`, the server stopped, when it does not.
 */
export async function startAlertmanager(options: AlertmanagerOptions): Promise<AlertmanagerServer> {
  return retryOnTakenPort(() => startOnce(options));
}

async function startOnce(options: AlertmanagerOptions): Promise<AlertmanagerServer> {
  const dataDir = resolve(options.dataDir);
  const configFile = join(dataDir, 'alertmanager.yml');
  await mkdir(dataDir, { recursive: true });
  await writeFile(configFile, options.config);

  const port = options.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const supervisor = new Supervisor({ logDir: dataDir });
  const process = await supervisor.start({
    name: 'alertmanager',
    command: options.binary.path,
    args: [
      `--config.file=${configFile}`,
      `--storage.path=${join(dataDir, 'alertmanager')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
      ...(options.args ?? []),
    ],
    ready: async () => (await fetch(`${url}/-/ready`)).ok,
  });
  return {
    url,
    process,
    stop: () => supervisor.stop(),
    reload: async (config) => {
      if (config !== undefined) await writeFile(configFile, config);
      await reloadConfig(url);
    },
  };
}
