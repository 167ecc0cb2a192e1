import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Connection, type ConnectionOptions } from '@temporalio/client';
import { stringify } from 'yaml';
import { packageRoot } from '../../../src/local/package-root.ts';
import type { ManagedProcess } from '../../../src/local/process/managed-process.ts';
import type { Stoppable } from '../../../src/local/process/stop-on-signals.ts';
import { retryOnTakenPort, Supervisor } from '../../../src/local/process/supervisor.ts';
import { freeServicePorts } from './ports.ts';
import { setUpSchemas, type TemporalDatabase } from './schema.ts';
import { type FrontendTls, serverConfig, servicesOf } from './server-config.ts';

/** As many as a service for one team can have, and few enough for a laptop to start them in a moment. */
const HISTORY_SHARDS = 4;

/** It hands its shards over and lets what is under way come to an end. */
const GRACE_MS = 20_000;

export interface TemporalServiceOptions {
  readonly binaries: { readonly server: { readonly path: string }; readonly sqlTool: { readonly path: string } };
  /** For configuration and log; made when missing, kept on stop. */
  readonly dataDir: string;
  /** Without Temporal's databases: they are made; unless `isPrepared`, when another start has made them. */
  readonly database: TemporalDatabase;
  readonly isPrepared?: boolean | undefined;
  /** 4 unless given. */
  readonly historyShards?: number | undefined;
  /** The project's `temporal/dynamic-config.yaml` unless given. */
  readonly dynamicConfigFile?: string | undefined;
  readonly tls?: FrontendTls | undefined;
  readonly tokenKeysUrl?: string | undefined;
  /** By what the start asks whether the frontend serves: what its TLS and its tokens demand. */
  readonly connection?: Pick<ConnectionOptions, 'tls' | 'apiKey'> | undefined;
}

export interface TemporalService extends Stoppable {
  /** `host:port` of the gRPC frontend; the same after a restart. */
  readonly address: string;
  /** Of the server as it runs now. */
  readonly process: ManagedProcess;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
  /** Starts it again, on the same ports and databases. Settles when it serves. */
  restart(): Promise<void>;
}

/**
 * Temporal as in production: the server's own program with its four services on PostgreSQL, all on 127.0.0.1. It has
 * no namespace but its own: `mendloop temporal setup` makes one. Settles when it serves.
 *
 * @throws CommandFailed if a database cannot be made; ProcessExited or WaitTimeout if the server does not serve.
 */
export async function startTemporalService(options: TemporalServiceOptions): Promise<TemporalService> {
  const { binaries, dataDir, database, historyShards = HISTORY_SHARDS } = options;
  const { tls, tokenKeysUrl, connection = {} } = options;
  if (options.isPrepared !== true) await setUpSchemas(binaries.sqlTool.path, database);
  await mkdir(join(dataDir, 'config'), { recursive: true });
  const args = ['--root', dataDir, '--config', 'config', '--env', 'service'];
  if (tokenKeysUrl === undefined) args.push('--allow-no-auth');
  args.push('start', ...servicesOf({ tls, tokenKeysUrl }).flatMap((service) => ['--service', service]));

  const run = async (address: string) => {
    const supervisor = new Supervisor({ logDir: dataDir });
    const process = await supervisor.start({
      name: 'temporal-server',
      command: binaries.server.path,
      args,
      graceMs: GRACE_MS,
      readyWithinMs: 90_000,
      ready: () => serves(address, connection),
    });
    return { supervisor, process, address };
  };
  let running = await retryOnTakenPort(async () => {
    const ports = await freeServicePorts();
    const config = serverConfig({
      ...{ database, ports, historyShards, tls, tokenKeysUrl },
      dynamicConfigFile: options.dynamicConfigFile ?? join(packageRoot(), 'temporal', 'dynamic-config.yaml'),
    });
    // It holds the password of the database.
    await writeFile(join(dataDir, 'config', 'service.yaml'), stringify(config), { mode: 0o600 });
    return await run(`127.0.0.1:${ports.frontend.grpc}`);
  });
  const { address } = running;
  return {
    address,
    get process() {
      return running.process;
    },
    kill: async () => {
      await running.process.kill();
      await running.supervisor.stop();
    },
    restart: async () => {
      running = await run(address);
    },
    stop: () => running.supervisor.stop(),
  };
}

/** Whether all of it answers: the frontend, history behind it, and the list of workflows. */
async function serves(address: string, options: Pick<ConnectionOptions, 'tls' | 'apiKey'>): Promise<boolean> {
  const connection = await Connection.connect({ address, ...options, connectTimeout: 2_000 });
  try {
    const namespace = 'temporal-system';
    await connection.withDeadline(Date.now() + 2_000, async () => {
      await connection.workflowService.countWorkflowExecutions({ namespace });
    });
    return true;
  } finally {
    await connection.close();
  }
}
