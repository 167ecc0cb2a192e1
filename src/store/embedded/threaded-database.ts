import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { defined } from '../../domain/defined.ts';
import { MendloopError } from '../../domain/failures.ts';
import type { Database, SqlRow, Statement } from '../database.ts';
import type { ThreadAnswer, ThreadAsk } from './thread-protocol.ts';

/** A database that may have to be opened anew. */
export interface EmbeddedBackend extends Database {
  /** Nothing will work any more. */
  readonly isBroken: boolean;
}

interface Waiting {
  readonly resolve: (rows: readonly SqlRow[]) => void;
  readonly reject: (reason: unknown) => void;
}

/** Compiled or not, as this file is. */
const THREAD = new URL(`./pglite-thread${extname(import.meta.filename)}`, import.meta.url);

/**
 * The database of a folder that this process alone has open, in a thread of its own.
 *
 * @throws MendloopError `StoreUnavailable` if it cannot be opened.
 */
export async function openThreadedDatabase(folder: string): Promise<EmbeddedBackend> {
  const thread = new Worker(THREAD, { workerData: { folder } });
  const ended = new Promise<void>((resolve) => thread.once('exit', () => resolve()));
  const waiting = new Map<number, Waiting>();
  const running = new Set<string>();
  let lastId = 0;
  let isBroken = false;
  let problem: MendloopError | undefined;
  const ask = (message: ThreadAsk) => thread.postMessage(message);

  function settle(id: number, answer: (asked: Waiting) => void): void {
    const asked = waiting.get(id);
    waiting.delete(id);
    if (waiting.size === 0) thread.unref(); // A finished program may end although the database is open.
    if (asked !== undefined) answer(asked);
  }

  await new Promise<void>((resolve, reject) => {
    thread.on('message', (answer: ThreadAnswer) => {
      switch (answer.what) {
        case 'open':
          resolve();
          return;
        case 'refused':
          problem = new MendloopError('StoreUnavailable', answer.message);
          return;
        case 'rows':
          settle(answer.id, (asked) => asked.resolve(answer.rows));
          return;
        case 'failed':
          isBroken ||= answer.isBroken;
          settle(answer.id, (asked) => asked.reject(new MendloopError(answer.type, answer.message)));
      }
    });
    thread.on('error', () => undefined); // Its end follows.
    thread.once('exit', () => {
      isBroken = true;
      problem ??= new MendloopError('StoreUnavailable', 'the store is not to be had: its thread has ended');
      for (const { reject: fail } of waiting.values()) fail(problem);
      waiting.clear();
      reject(problem);
    });
  });
  thread.unref();

  return {
    get isBroken() {
      return isBroken;
    },
    run({ text, values = [], role = 'mendloop_writer', prepare }: Statement) {
      if (problem !== undefined) return Promise.reject(problem);
      const id = (lastId += 1);
      const statement = { text, values, role, ...defined({ prepare }) };
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        thread.ref();
        ask({ what: 'run', id, statement });
      });
    },
    async exclusively(name, job) {
      if (running.has(name)) return undefined;
      running.add(name);
      try {
        return await job();
      } finally {
        running.delete(name);
      }
    },
    close: async () => {
      thread.ref();
      ask({ what: 'close' });
      await ended;
    },
  };
}
