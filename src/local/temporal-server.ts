import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { dataFolder } from './data-folder.ts';
import { packageRoot } from './package-root.ts';
import { freePort } from './process/free-port.ts';
import type { ManagedProcess } from './process/managed-process.ts';
import type { Stoppable } from './process/stop-on-signals.ts';
import { Supervisor, retryOnTakenPort } from './process/supervisor.ts';

/** What `temporal/dev-server.json` holds. */
const settingsSchema = z.strictObject({
  /** How the file is written, as `--sqlite-pragma` takes it. */
  sqlitePragmas: z.record(z.string(), z.string()).default({}),
  /** Server settings by name, as `--dynamic-config-value` takes them. */
  dynamicConfig: z.record(z.string(), z.json()),
  /** Type by name: Keyword, Text, Int, Double, Bool, Datetime or KeywordList. */
  searchAttributes: z.record(z.string(), z.string()),
});

export type TemporalSettings = z.infer<typeof settingsSchema>;

export interface TemporalServerOptions {
  binary: { path: string };
  /** For the log; a temporary folder, deleted on stop, unless given. Exists or is made. */
  dataDir?: string | undefined;
  /** Keeps workflows across restarts. In memory unless given. */
  dbFile?: string | undefined;
  /** Of the gRPC frontend; a free one unless given. */
  port?: number | undefined;
  /** Of the Web UI; a free one unless given. */
  uiPort?: number | undefined;
  /** Without the Web UI. */
  headless?: boolean | undefined;
  /** `default` unless given. */
  namespace?: string | undefined;
  /** A JSON file with `sqlitePragmas`, `dynamicConfig` and `searchAttributes`; the project's `temporal/dev-server.json` unless given. */
  settingsFile?: string | undefined;
  /** Each stands in for its part of the settings file. */
  dynamicConfig?: TemporalSettings['dynamicConfig'] | undefined;
  searchAttributes?: TemporalSettings['searchAttributes'] | undefined;
  /** More flags for `temporal server start-dev`. */
  args?: readonly string[] | undefined;
}

export interface TemporalServer extends Stoppable {
  /** `host:port` of the gRPC frontend. */
  address: string;
  /** Undefined when headless. */
  uiUrl: string | undefined;
  namespace: string;
  process: ManagedProcess;
}

/** Reads and checks a settings file. Throws with every fault. */
export async function readTemporalSettings(file: string): Promise<TemporalSettings> {
  const parsed = settingsSchema.safeParse(JSON.parse(await readFile(file, 'utf8')));
  if (!parsed.success) throw new Error(`${file}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/**
 * Starts Temporal's dev server on 127.0.0.1, tuned for a fast loop. Settles when its frontend serves the namespace and
 * knows every search attribute. Rejects with `ProcessExited` or `WaitTimeout`, the server stopped, when it does not.
 */
export async function startTemporalServer(options: TemporalServerOptions): Promise<TemporalServer> {
  const settings = await readTemporalSettings(
    options.settingsFile ?? join(packageRoot(), 'temporal', 'dev-server.json'),
  );
  return retryOnTakenPort(() =>
    startOnce(options, {
      sqlitePragmas: settings.sqlitePragmas,
      dynamicConfig: options.dynamicConfig ?? settings.dynamicConfig,
      searchAttributes: options.searchAttributes ?? settings.searchAttributes,
    }),
  );
}

async function startOnce(options: TemporalServerOptions, settings: TemporalSettings): Promise<TemporalServer> {
  const { namespace = 'default', headless = false } = options;
  const folder = await dataFolder(options.dataDir);
  const supervisor = new Supervisor({ logDir: folder.path });
  const port = options.port ?? (await freePort());
  const uiPort = options.uiPort ?? (await freePort());
  const httpPort = await freePort();
  const args = ['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--http-port', String(httpPort)];
  args.push('--namespace', namespace, '--log-level', 'warn', '--log-format', 'json');
  if (headless) args.push('--headless');
  else args.push('--ui-port', String(uiPort), '--ui-ip', '127.0.0.1');
  if (options.dbFile !== undefined) {
    args.push('--db-filename', options.dbFile);
    for (const [name, value] of Object.entries(settings.sqlitePragmas))
      args.push('--sqlite-pragma', `${name}=${value}`);
  }
  for (const [name, value] of Object.entries(settings.dynamicConfig)) {
    args.push('--dynamic-config-value', `${name}=${JSON.stringify(value)}`);
  }
  for (const [name, type] of Object.entries(settings.searchAttributes)) {
    args.push('--search-attribute', `${name}=${type}`);
  }
  args.push(...(options.args ?? []));

  // Counting workflows by an attribute fails until the server knows it.
  const query = Object.keys(settings.searchAttributes)
    .map((name) => `${name} IS NULL`)
    .join(' OR ');
  const probe = `http://127.0.0.1:${httpPort}/api/v1/namespaces/${namespace}/workflow-count?query=${encodeURIComponent(query)}`;
  try {
    const process = await supervisor.start({
      name: 'temporal',
      command: options.binary.path,
      args,
      ready: async () => (await fetch(probe)).ok,
    });
    const uiUrl = headless ? undefined : `http://127.0.0.1:${uiPort}`;
    const stop = () => supervisor.stop().finally(folder.remove);
    return { address: `127.0.0.1:${port}`, uiUrl, namespace, process, stop };
  } catch (error) {
    await folder.remove();
    throw error;
  }
}
