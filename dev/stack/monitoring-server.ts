import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { freePort } from '../../src/local/process/free-port.ts';
import type { ManagedProcess } from '../../src/local/process/managed-process.ts';
import type { Stoppable } from '../../src/local/process/stop-on-signals.ts';
import { Supervisor } from '../../src/local/process/supervisor.ts';

/** Prometheus or Alertmanager: both are started, asked whether they are ready, and told to reload, in one way. */
export interface MonitoringServer extends Stoppable {
  /** Without a trailing slash. */
  url: string;
  process: ManagedProcess;
  /** Has the configuration read again, with new files where given. Throws with what the server finds wrong in them. */
  reload(files?: Readonly<Record<string, string>>): Promise<void>;
}

/** Starts one on 127.0.0.1. Settles when it is ready. */
export async function startMonitoringServer(options: {
  readonly name: string;
  readonly command: string;
  readonly dataDir: string;
  /** Content by path relative to `dataDir`. */
  readonly files: Readonly<Record<string, string>>;
  /** A free one unless given. */
  readonly port: number | undefined;
  readonly args: readonly string[];
}): Promise<MonitoringServer> {
  const { name, command, dataDir, files, args } = options;
  const write = async (changed: Readonly<Record<string, string>>) => {
    for (const [path, content] of Object.entries(changed)) {
      const file = join(dataDir, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content);
    }
  };
  await write(files);
  const port = options.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const supervisor = new Supervisor({ logDir: dataDir });
  const process = await supervisor.start({
    name,
    command,
    args: [`--web.listen-address=127.0.0.1:${port}`, ...args],
    ready: async () => (await fetch(`${url}/-/ready`)).ok,
  });
  return {
    url,
    process,
    stop: () => supervisor.stop(),
    reload: async (changed = {}) => {
      await write(changed);
      const response = await fetch(`${url}/-/reload`, { method: 'POST' });
      const text = (await response.text()).trim();
      if (!response.ok) throw new Error(`${url} refused its new configuration (${response.status}): ${text}`);
    },
  };
}
