import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { takeLock } from '../../local/process/file-lock.ts';
import { MendloopError } from '../../domain/failures.ts';
import type { Database } from '../database.ts';
import { storeUnavailable } from '../database-failure.ts';
import { type EmbeddedBackend, openThreadedDatabase } from './threaded-database.ts';
import { connectToStore } from './store-client.ts';
import { serveStore } from './store-server.ts';

/** Another process that takes the store makes its database first, which took 15 s on a busy machine. */
const HOLDER_STARTS_WITHIN_MS = 60_000;

/** What macOS allows; Linux allows a little more. */
const MAX_SOCKET_PATH = 103;

/**
 * The store in a folder of this machine: PostgreSQL inside the process, for a machine without a server. The first process
 * that comes opens it, later ones (`mendloop audit verify` beside `mendloop up`) use it through that one; when that one
 * ends, the next that needs it takes over. What is committed survives a crash and a loss of power.
 *
 * @throws MendloopError `StoreUnavailable` if the folder cannot be used.
 */
export async function openEmbeddedDatabase(folder: string): Promise<Database> {
  const store = new EmbeddedDatabase(folder);
  await store.open();
  return store;
}

class EmbeddedDatabase implements Database {
  readonly #folder: string;
  #backend: EmbeddedBackend | undefined;
  /** While it is being opened: a caller that comes meanwhile waits for the same. */
  #opening: Promise<EmbeddedBackend> | undefined;
  #isClosed = false;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async open(): Promise<EmbeddedBackend> {
    if (this.#isClosed) throw new MendloopError('StoreUnavailable', 'the store is closed');
    if (this.#backend?.isBroken === false) return this.#backend;
    this.#opening ??= this.#reopen().finally(() => {
      this.#opening = undefined;
    });
    return await this.#opening;
  }

  readonly run: Database['run'] = async (statement) => {
    return await (await this.open()).run(statement);
  };

  readonly exclusively: Database['exclusively'] = async (name, job) => {
    return await (await this.open()).exclusively(name, job);
  };

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#opening?.catch(() => undefined);
    const backend = this.#backend;
    this.#backend = undefined;
    await backend?.close();
  }

  async #reopen(): Promise<EmbeddedBackend> {
    try {
      await this.#backend?.close().catch(() => undefined); // What is broken may not even close.
      this.#backend = undefined;
      this.#backend = await openBackend(this.#folder);
      return this.#backend;
    } catch (error) {
      throw storeUnavailable(error);
    }
  }
}

async function openBackend(folder: string): Promise<EmbeddedBackend> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const deadline = performance.now() + HOLDER_STARTS_WITHIN_MS;
  const socket = socketPlace(folder);
  for (;;) {
    // Two processes at once would destroy the database: the holder serves the others, where its lock says.
    const taken = await takeLock(join(folder, 'owner.json'), socket.path);
    if (typeof taken === 'function') {
      return await openAsOwner(folder, socket.path, () => {
        taken();
        socket.remove();
      });
    }
    try {
      const backend = await connectToStore(taken.note);
      socket.remove();
      return backend;
    } catch (error) {
      if (performance.now() > deadline) {
        socket.remove();
        throw error;
      }
      await sleep(50); // It is opening its database, or about to end.
    }
  }
}

/** Beside the database, where only its user may enter; elsewhere if that is too far down for a socket's name. */
function socketPlace(folder: string): { path: string; remove: () => void } {
  const near = resolve(folder, 'store.sock');
  if (Buffer.byteLength(near) <= MAX_SOCKET_PATH) return { path: near, remove: () => undefined };
  const far = mkdtempSync(join(tmpdir(), 'mendloop-'));
  return { path: join(far, 'store.sock'), remove: () => rmSync(far, { recursive: true, force: true }) };
}

async function openAsOwner(folder: string, socketPath: string, release: () => void): Promise<EmbeddedBackend> {
  let database: EmbeddedBackend | undefined;
  try {
    database = await openThreadedDatabase(folder);
    const opened = database;
    const server = await serveStore(opened, socketPath);
    return {
      get isBroken() {
        return opened.isBroken;
      },
      run: (statement) => opened.run(statement),
      exclusively: (name, job) => opened.exclusively(name, job),
      close: async () => {
        await server.close();
        await opened.close().finally(release);
      },
    };
  } catch (error) {
    await database?.close().catch(() => undefined);
    release();
    throw error;
  }
}
