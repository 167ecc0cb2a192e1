import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Database } from '../database.ts';
import { storeUnavailable } from '../database-failure.ts';
import { requestSchema, type StoreResponse } from './store-protocol.ts';

export interface StoreServer {
  close(): Promise<void>;
}

/** Lets other processes of this user use a database that only this one can have open. */
export async function serveStore(database: Database, socketPath: string): Promise<StoreServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.unref());
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
    createInterface({ input: socket, crlfDelay: Infinity })
      .on('line', (line) => void answer(database, line).then((response) => reply(socket, response)))
      .on('error', () => undefined);
  });
  server.unref();
  rmSync(socketPath, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(socketPath, resolve);
  });
  chmodSync(socketPath, 0o600);
  return {
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function reply(socket: Socket, response: StoreResponse | undefined): void {
  if (response === undefined) socket.destroy();
  else socket.write(`${JSON.stringify(response)}\n`);
}

/** Undefined for a line that is no request: its sender cannot be told either. */
async function answer(database: Database, line: string): Promise<StoreResponse | undefined> {
  let id: number;
  try {
    const { id: asked, ...statement } = requestSchema.parse(JSON.parse(line));
    id = asked;
    try {
      return { id, rows: (await database.run(statement)).map((row) => ({ ...row })) };
    } catch (error) {
      const { type, message } = storeUnavailable(error);
      return { id, error: message, type };
    }
  } catch {
    return undefined;
  }
}
