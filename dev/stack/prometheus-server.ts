import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { freePort } from '../../src/local/process/free-port.ts';
import type { ManagedProcess } from '../../src/local/process/managed-process.ts';
import type { Stoppable } from '../../src/local/process/stop-on-signals.ts';
import { Supervisor, retryOnTakenPort } from '../../src/local/process/supervisor.ts';
import { reloadConfig } from './reload-config.ts';

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

export interface PrometheusServer extends Stoppable {
  /** Without a trailing slash. */
  url: string;
  process: ManagedProcess;
  /** Has the configuration read again, with new content where given. Throws with what Prometheus finds wrong in it. */
  reload(changed?: Partial<Pick<PrometheusOptions, 'config' | 'ruleFiles'>>): Promise<void>;
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
  const configFile = join(dataDir, 'prometheus.yml');
  const write = async (files: Record<string, string>) => {
    for (const [name, content] of Object.entries(files)) {
      const file = join(dataDir, name);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content);
    }
  };
  await write({ 'prometheus.yml': options.config, ...options.ruleFiles });

  const port = options.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const supervisor = new Supervisor({ logDir: dataDir });
  const process = await supervisor.start({
    name: 'prometheus',
    command: options.binary.path,
    args: [
      `--config.file=${configFile}`,
      `--storage.tsdb.path=${join(dataDir, 'tsdb')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--web.enable-lifecycle',
      ...(options.args ?? []),
    ],
    ready: async () => (await fetch(`${url}/-/ready`)).ok,
  });
  return {
    url,
    process,
    stop: () => supervisor.stop(),
    reload: async (changed = {}) => {
      await write({
        ...(changed.config === undefined ? {} : { 'prometheus.yml': changed.config }),
        ...changed.ruleFiles,
      });
      await reloadConfig(url);
    },
  };
}
