import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  ensureServers,
  freePort,
  startTemporalServer,
  startTemporalService,
  type TemporalServer,
  terminalProgress,
} from '../../../dev/stack/index.ts';
import { MendloopProcesses } from './mendloop-processes.ts';
import { type PostgresUnderTest, startPostgresUnderTest } from './postgres-under-test.ts';

/** The Temporal of an installation, with a namespace `default` that knows the search attributes. */
export interface TemporalPlace {
  readonly address: string;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
  /** Starts it again on the same port, with the same state. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface TemporalServicePlace extends TemporalPlace {
  /** Of its own: the store of Mendloop is elsewhere. */
  readonly database: PostgresUnderTest;
  /** Ends it as its operator does. */
  halt(): Promise<void>;
}

/** The dev server, with its state in a file. */
export async function startDevPlace(directory: string): Promise<TemporalPlace> {
  const { temporal } = await ensureServers(['temporal'], { progress: terminalProgress() });
  const port = await freePort();
  const start = () =>
    startTemporalServer({
      ...{ binary: temporal, port, headless: true },
      dataDir: join(directory, 'temporal'),
      dbFile: join(directory, 'temporal.db'),
    });
  await mkdir(join(directory, 'temporal'));
  let server: TemporalServer = await start();
  return {
    address: server.address,
    kill: async () => {
      await server.process.kill();
      await server.stop();
    },
    restart: async () => {
      server = await start();
    },
    stop: () => server.stop(),
  };
}

/** As in production: the server's own program on PostgreSQL, prepared by `mendloop temporal setup`. */
export async function startServicePlace(directory: string): Promise<TemporalServicePlace> {
  const binaries = await ensureServers(['temporal-server', 'temporal-sql-tool'], { progress: terminalProgress() });
  const database = await startPostgresUnderTest();
  try {
    const service = await startTemporalService({
      binaries: { server: binaries['temporal-server'], sqlTool: binaries['temporal-sql-tool'] },
      dataDir: join(directory, 'temporal'),
      database,
    });
    const stop = async () => {
      await service.stop();
      await database.stop();
    };
    try {
      await writeFile(join(directory, 'temporal.toml'), '[profile.default]\n');
      await new MendloopProcesses({ directory, env: { TEMPORAL_ADDRESS: service.address } }).run(['temporal', 'setup']);
    } catch (error) {
      await stop();
      throw error;
    }
    return {
      ...{ address: service.address, database, stop },
      kill: () => service.kill(),
      halt: () => service.stop(),
      restart: () => service.restart(),
    };
  } catch (error) {
    await database.stop();
    throw error;
  }
}
