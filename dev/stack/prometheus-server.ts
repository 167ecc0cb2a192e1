import { join } from 'node:path';
import { retryOnTakenPort } from '../../src/local/process/supervisor.ts';
import { type MonitoringServer, startMonitoringServer } from './monitoring-server.ts';

const CONFIG = 'prometheus.yml';

export interface PrometheusOptions {
  binary: { path: string };
  /** Holds configuration, rules, samples and log; made when missing, kept on stop. */
  dataDir: string;
  /** Content of `prometheus.yml`; relative paths in it are relative to `dataDir`. */
  config: string;
  /** Content by path relative to `dataDir`; `rule_files` in the configuration names them. */
  ruleFiles?: Record<string, string> | undefined;
  /** A free one unless given. */
  port?: number | undefined;
  /** More flags, such as `--enable-feature=exemplar-storage`. */
  args?: readonly string[] | undefined;
}

type Files = Partial<Pick<PrometheusOptions, 'config' | 'ruleFiles'>>;

export interface PrometheusServer extends Omit<MonitoringServer, 'reload'> {
  /** Has the configuration read again, with new content where given. Throws with what Prometheus finds wrong in it. */
  reload(changed?: Files): Promise<void>;
}

/**
 * Starts Prometheus on 127.0.0.1; works with 2.42 and newer. Settles when it answers queries. Rejects with
 * `ProcessExited` or `WaitTimeout`, the server stopped, when it does not.
 */
export async function startPrometheus(options: PrometheusOptions): Promise<PrometheusServer> {
  return retryOnTakenPort(() => startOnce(options));
}

async function startOnce(options: PrometheusOptions): Promise<PrometheusServer> {
  const { dataDir } = options;
  const filesOf = ({ config, ruleFiles }: Files) => ({
    ...(config === undefined ? {} : { [CONFIG]: config }),
    ...ruleFiles,
  });
  const server = await startMonitoringServer({
    name: 'prometheus',
    command: options.binary.path,
    dataDir,
    files: filesOf(options),
    port: options.port,
    args: [
      `--config.file=${join(dataDir, CONFIG)}`,
      `--storage.tsdb.path=${join(dataDir, 'tsdb')}`,
      '--web.enable-lifecycle',
      ...(options.args ?? []),
    ],
  });
  return { ...server, reload: (changed = {}) => server.reload(filesOf(changed)) };
}
