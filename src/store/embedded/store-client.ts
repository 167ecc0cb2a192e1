import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { defined } from '../../domain/defined.ts';
import { MendloopError } from '../../domain/failures.ts';
import type { SqlRow } from '../database.ts';
import { storeUnavailable } from '../database-failure.ts';
import type { EmbeddedBackend } from './threaded-database.ts';
import { responseSchema, type StoreRequest, type StoreResponse } from './store-protocol.ts';

interface Waiting {
  readonly resolve: (rows: readonly SqlRow[]) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * The embedded database through the process that has it open.
 *
 * @throws MendloopError `StoreUnavailable` if that process does not listen (yet).
 */
export async function connectToStore(socketPath: string): Promise<EmbeddedBackend> {
  const socket = connect(socketPath);
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve).once('error', (error) => reject(storeUnavailable(error)));
  });
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let isBroken = false;

  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    isBroken = true;
    for (const { reject } of waiting.values()) reject(gone());
    waiting.clear();
  });
  createInterface({ input: socket, crlfDelay: Infinity })
    .on('line', (line) => {
      const response = readResponse(line);
      if (response === undefined) {
        socket.destroy(); // What was asked is told that the store is gone, and asks anew.
        return;
      }
      const asked = waiting.get(response.id);
      waiting.delete(response.id);
      if ('rows' in response) asked?.resolve(response.rows);
      else asked?.reject(new MendloopError(response.type, response.error));
      if (waiting.size === 0) socket.unref(); // A finished program may end although the connection is kept.
    })
    .on('error', () => undefined);
  socket.unref();

  return {
    get isBroken() {
      return isBroken;
    },
    run({ text, values = [], role = 'mendloop_writer', prepare }) {
      if (isBroken) return Promise.reject(gone());
      const id = (lastId += 1);
      const request: StoreRequest = { id, text, role, values: [...values], ...defined({ prepare }) };
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        socket.ref();
        socket.write(`${JSON.stringify(request)}\n`);
      });
    },
    // What runs once for a store runs in the process that has it open.
    exclusively: () => Promise.resolve(undefined),
    close: async () => {
      if (socket.destroyed) return;
      await new Promise<void>((resolve) => {
        socket.once('close', () => resolve()).ref();
        socket.end();
      });
    },
  };
}

/** Undefined for a line that is no answer. */
function readResponse(line: string): StoreResponse | undefined {
  try {
    return responseSchema.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

function gone(): MendloopError {
  return new MendloopError('StoreUnavailable', 'the store is not to be had: the process that had it open is gone');
}
