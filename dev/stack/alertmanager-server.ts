import { join, resolve } from 'node:path';
import { retryOnTakenPort } from '../../src/local/process/supervisor.ts';
import { type MonitoringServer, startMonitoringServer } from './monitoring-server.ts';

const CONFIG = 'alertmanager.yml';

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

export interface AlertmanagerServer extends Omit<MonitoringServer, 'reload'> {
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
  const filesOf = (config: string | undefined) => (config === undefined ? {} : { [CONFIG]: config });
  const server = await startMonitoringServer({
    name: 'alertmanager',
    command: options.binary.path,
    dataDir,
    files: filesOf(options.config),
    port: options.port,
    args: [
      `--config.file=${join(dataDir, CONFIG)}`,
      `--storage.path=${join(dataDir, 'alertmanager')}`,
      '--cluster.listen-address=',
      ...(options.args ?? []),
    ],
  });
  return { ...server, reload: (config) => server.reload(filesOf(config)) };
}
