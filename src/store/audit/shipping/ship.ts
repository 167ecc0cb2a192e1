import { setTimeout as sleep } from 'node:timers/promises';
import { MendloopError } from '../../../domain/failures.ts';
import type { AuditStore } from '../audit-log.ts';
import { type AuditSink, SinkFailure } from './audit-sink.ts';

/** Milliseconds between two tries at a sink that is down, at first and at most. */
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 60_000;

export interface ShippingOptions {
  readonly store: AuditStore;
  readonly sinks: readonly AuditSink[];
  /** Rows that are sent at once. */
  readonly batchSize: number;
  /** Seconds between two looks for new rows. */
  readonly pollSeconds: number;
  /** Rows have arrived. */
  readonly onShipped?: (event: { readonly sink: string; readonly rows: number; readonly seq: number }) => void;
  /** A try failed; it is tried again until it succeeds. */
  readonly onError?: (event: { readonly sink: string; readonly error: Error }) => void;
}

export interface Shipping {
  /** Ends what is under way, and closes the sinks. */
  stop(): Promise<void>;
}

/**
 * Sends every row to every sink, in order, at least once, for as long as it runs. How far each sink has come is in the
 * database, written after a batch has arrived: a process that crashes in between sends that batch again. Of
 * several processes one at a time sends to a sink. A sink that fails holds up only itself, and nothing is ever skipped for it.
 */
export function startShipping(options: ShippingOptions): Shipping {
  const stopping = new AbortController();
  const loops = options.sinks.map((sink) => shipForever(sink, options, stopping.signal));
  return {
    async stop() {
      stopping.abort();
      await Promise.all(loops);
      await Promise.all(options.sinks.map((sink) => sink.close()));
    },
  };
}

async function shipForever(sink: AuditSink, options: ShippingOptions, signal: AbortSignal): Promise<void> {
  let pause = FIRST_PAUSE;
  while (!signal.aborted) {
    let wait = options.pollSeconds * 1000;
    try {
      const shipped = await shipBatch(sink, options, signal);
      pause = FIRST_PAUSE;
      if (shipped === options.batchSize) wait = 0; // A full batch has more behind it.
    } catch (error) {
      if (isStopped(signal)) return;
      options.onError?.({ sink: sink.name, error: error instanceof Error ? error : new Error('unknown error') });
      wait = Math.max(error instanceof SinkFailure ? (error.retryAfterMs ?? 0) : 0, pause);
      pause = Math.min(2 * pause, LONGEST_PAUSE);
    }
    await sleep(wait, undefined, { signal }).catch(() => undefined);
  }
}

function isStopped(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** Gives how many rows arrived; 0 also where another process is at it. */
async function shipBatch(sink: AuditSink, options: ShippingOptions, signal: AbortSignal): Promise<number> {
  const { store, batchSize } = options;
  const waiting = async () => {
    const afterSeq = (await store.cursor(sink.name))?.seq ?? 0;
    return { afterSeq, rows: await store.list({ afterSeq, limit: batchSize }) };
  };
  // Most looks find nothing: those need no lock.
  if ((await waiting()).rows.length === 0) return 0;
  const shipped = await store.exclusively(`ship ${sink.name}`, async () => {
    const { afterSeq, rows } = await waiting();
    const [first, last] = [rows[0], rows.at(-1)];
    if (first === undefined || last === undefined) return 0;
    await sink.send(rows, signal);
    await store.recordShipment(sink.name, last);
    options.onShipped?.({ sink: sink.name, rows: rows.length, seq: last.seq });
    // Said after the rest was sent, which is evidence.
    await refuseGap(store, afterSeq, first.seq);
    return rows.length;
  });
  return shipped ?? 0;
}

/** Rows that retention removed are gone for good reason: before there was this sink, or while it was not in use. */
async function refuseGap(store: AuditStore, afterSeq: number, firstSeq: number): Promise<void> {
  if (firstSeq === afterSeq + 1 || firstSeq - 1 <= ((await store.lastRemoved())?.seq ?? 0)) return;
  throw new MendloopError('AuditTampered', `rows ${afterSeq + 1} to ${firstSeq - 1} are missing`);
}
