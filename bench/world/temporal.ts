import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import {
  type Progress,
  type ServerBinary,
  type Stack,
  startTemporalServer,
  startTemporalService,
} from '../../dev/stack/index.ts';
import { type PostgresServer, startPostgres } from '../../dev/stack/postgres-server.ts';
import { setUpNamespace } from '../../src/clients/temporal/set-up-namespace.ts';
import { ATTRIBUTE_TYPES } from '../../src/contract/search-attributes.ts';
import { ensurePostgres } from '../../src/local/servers/postgres-programs.ts';

/** What the bench can run on: the dev server with its state in a file, or the server as in production, on PostgreSQL. */
export const TEMPORALS = ['dev', 'postgres'] as const;
export type TemporalKind = (typeof TEMPORALS)[number];

/** What each needs beside what every benchmark does. */
export const SERVERS_OF = {
  dev: ['temporal'],
  postgres: ['temporal-server', 'temporal-sql-tool'],
} as const;

export type TemporalBinaries = Partial<Record<(typeof SERVERS_OF)[TemporalKind][number], ServerBinary>>;

export interface BenchTemporal {
  /** `host:port`. */
  readonly address: string;
  readonly namespace: string;
  readonly pid: number;
  /** Its own, apart from the store's; absent: its state is in a file. */
  readonly database?: PostgresServer;
}

const NAMESPACE = 'default';
/** The least that a server takes: nothing of a bench is kept. */
const RETENTION_DAYS = 1;

/** Starts Temporal for as long as the stack stands, with a namespace that knows the search attributes. */
export async function startBenchTemporal(options: {
  readonly kind: TemporalKind;
  readonly servers: TemporalBinaries;
  readonly directory: string;
  readonly stack: Stack;
  readonly progress: Progress;
}): Promise<BenchTemporal> {
  const { kind, servers, directory, stack, progress } = options;
  if (kind === 'dev') {
    const server = stack.add(
      await startTemporalServer({
        binary: found(servers.temporal),
        dataDir: directory,
        dbFile: join(directory, 'temporal.db'),
        headless: true,
      }),
    );
    return { address: server.address, namespace: server.namespace, pid: server.process.pid };
  }
  const dataDir = join(directory, 'temporal-postgres');
  await mkdir(dataDir, { recursive: true });
  // The server may run as another user, who has to get through to its own folder.
  await chmod(directory, 0o711);
  const database = stack.add(await startPostgres({ programs: await ensurePostgres({ progress }), dataDir }));
  const service = stack.add(
    await startTemporalService({
      binaries: { server: found(servers['temporal-server']), sqlTool: found(servers['temporal-sql-tool']) },
      dataDir: join(directory, 'temporal'),
      database,
    }),
  );
  const connection = await Connection.connect({ address: service.address });
  try {
    const client = new Client({ connection, namespace: NAMESPACE });
    await setUpNamespace({ client, connection }, { retentionDays: RETENTION_DAYS, attributes: ATTRIBUTE_TYPES });
  } finally {
    await connection.close();
  }
  return { address: service.address, namespace: NAMESPACE, pid: service.process.pid, database };
}

function found(binary: ServerBinary | undefined): ServerBinary {
  if (binary === undefined) throw new Error('a server of Temporal was not looked for');
  return binary;
}
