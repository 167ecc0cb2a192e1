/**
 * The thread that has the embedded database open: PGlite computes without a pause, so that in the main thread nothing
 * else would happen meanwhile. Started by `threaded-database.ts`, with the folder as its data.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { storeUnavailable } from '../database-failure.ts';
import { openPgliteDatabase } from './pglite-database.ts';
import type { ThreadAnswer, ThreadAsk } from './thread-protocol.ts';

const port = parentPort;
if (port === null) throw new Error('this is a thread of another program');
const tell = (answer: ThreadAnswer) => port.postMessage(answer);

try {
  const database = await openPgliteDatabase((workerData as { folder: string }).folder);
  tell({ what: 'open' });
  port.on('message', (ask: ThreadAsk) => {
    if (ask.what === 'close') void close();
    else void run(ask);
  });

  async function run({ id, statement }: Extract<ThreadAsk, { what: 'run' }>): Promise<void> {
    try {
      tell({ what: 'rows', id, rows: await database.run(statement) });
    } catch (error) {
      const { type, message } = storeUnavailable(error);
      tell({ what: 'failed', id, type, message, isBroken: database.isBroken });
    }
  }

  async function close(): Promise<void> {
    await database.close().catch(() => undefined); // What is broken may not even close.
    port?.close();
  }
} catch (error) {
  const { message } = storeUnavailable(error);
  tell({ what: 'refused', message });
}
