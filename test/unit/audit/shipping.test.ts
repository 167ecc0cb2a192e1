import { describe, expect, it, onTestFinished } from 'vitest';
import { type AuditSink, SinkFailure } from '../../../src/store/audit/shipping/audit-sink.ts';
import { type ShippingOptions, startShipping } from '../../../src/store/audit/shipping/ship.ts';
import { MemoryStore } from './memory-store.ts';

/** A sink that keeps the numbers of what it was sent, and fails where it is told to. */
class Recorder implements AuditSink {
  readonly name: string;
  readonly batches: number[][] = [];
  /** Failures to come, the next one first. */
  failures: SinkFailure[] = [];
  isClosed = false;

  constructor(name: string) {
    this.name = name;
  }

  get seqs(): number[] {
    return this.batches.flat();
  }

  send: AuditSink['send'] = (rows) => {
    const failure = this.failures.shift();
    if (failure !== undefined) return Promise.reject(failure);
    this.batches.push(rows.map(({ seq }) => seq));
    return Promise.resolve();
  };

  close: AuditSink['close'] = () => {
    this.isClosed = true;
    return Promise.resolve();
  };
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

function ship(store: MemoryStore, sinks: readonly AuditSink[], options: Partial<ShippingOptions> = {}) {
  const errors: string[] = [];
  const shipping = startShipping({
    store,
    sinks,
    batchSize: 4,
    pollSeconds: 0.01,
    onError: ({ sink, error }) => errors.push(`${sink}: ${error.message}`),
    ...options,
  });
  onTestFinished(() => shipping.stop());
  return { shipping, errors };
}

describe('shipping', () => {
  it('sends every row once, in order, in batches, and what comes later too', async () => {
    const store = new MemoryStore();
    store.log.entries(10);
    const siem = new Recorder('siem');
    const shipped: number[] = [];
    ship(store, [siem], { onShipped: ({ seq }) => shipped.push(seq) });
    await expect.poll(() => siem.seqs).toEqual(range(1, 10));
    store.log.entries(3);
    await expect.poll(() => siem.seqs).toEqual(range(1, 13));
    expect(siem.batches.slice(0, 3)).toEqual([range(1, 4), range(5, 8), [9, 10]]);
    expect(shipped.slice(0, 3)).toEqual([4, 8, 10]);
    await expect.poll(() => store.cursors.get('siem')).toMatchObject({ seq: 13, hash: store.log.head.hash });
  });

  it('goes on where it was, for each sink by its name', async () => {
    const store = new MemoryStore();
    store.log.entries(6);
    store.cursors.set('old', store.log.rows[3]!);
    const [old, fresh] = [new Recorder('old'), new Recorder('fresh')];
    ship(store, [old, fresh]);
    await expect.poll(() => fresh.seqs).toEqual(range(1, 6));
    await expect.poll(() => old.seqs).toEqual([5, 6]);
  });

  it('sends again what a crash may have lost the memory of, and skips nothing', async () => {
    const store = new MemoryStore();
    store.log.entries(10);
    store.crashes = 1;
    const siem = new Recorder('siem');
    const { errors } = ship(store, [siem]);
    await expect.poll(() => siem.seqs).toEqual([...range(1, 4), ...range(1, 10)]);
    expect(errors).toEqual(['siem: crash']);
  });

  it('tries again until a sink that is down takes it, while others go on', async () => {
    const store = new MemoryStore();
    store.log.entries(6);
    const [down, up] = [new Recorder('down'), new Recorder('up')];
    down.failures = [new SinkFailure('answered 503', 1), new SinkFailure('answered 400')];
    const { errors } = ship(store, [down, up]);
    await expect.poll(() => up.seqs).toEqual(range(1, 6));
    await expect.poll(() => down.seqs, { timeout: 25_000 }).toEqual(range(1, 6));
    expect(errors).toEqual(['down: answered 503', 'down: answered 400']);
  }, 15_000);

  it('leaves a sink alone while another process sends to it', async () => {
    const store = new MemoryStore();
    store.log.entries(2);
    store.isTaken = true;
    const siem = new Recorder('siem');
    const { errors } = ship(store, [siem]);
    const looks = store.list;
    let count = 0;
    store.list = (query) => {
      count += 1;
      return looks(query);
    };
    await expect.poll(() => count).toBeGreaterThan(3);
    expect(siem.seqs).toEqual([]);
    store.isTaken = false;
    await expect.poll(() => siem.seqs).toEqual([1, 2]);
    expect(errors).toEqual([]);
  });

  it('says that rows are gone which it had to send, and sends the rest', async () => {
    const store = new MemoryStore();
    store.log.entries(6);
    store.cursors.set('siem', store.log.rows[1]!);
    store.log.rows = store.log.rows.filter(({ seq }) => seq !== 3 && seq !== 4);
    const siem = new Recorder('siem');
    const { errors } = ship(store, [siem]);
    await expect.poll(() => errors).toEqual(['siem: rows 3 to 4 are missing']);
    expect(siem.seqs).toEqual([5, 6]);
  });

  it('does not miss what retention removed', async () => {
    const store = new MemoryStore();
    store.log.entries(6);
    store.cursors.set('siem', store.log.rows[1]!);
    store.log.removeThrough(4);
    const siem = new Recorder('siem');
    const { errors } = ship(store, [siem]);
    await expect.poll(() => store.cursors.get('siem')?.seq).toBe(7);
    expect(siem.seqs).toEqual([5, 6, 7]);
    expect(errors).toEqual([]);
  });

  it('ends what is under way before it stops, and closes the sinks', async () => {
    const store = new MemoryStore();
    store.log.entries(2);
    const siem = new Recorder('siem');
    const { shipping } = ship(store, [siem]);
    await expect.poll(() => siem.seqs).toEqual([1, 2]);
    await shipping.stop();
    expect(siem.isClosed).toBe(true);
    store.log.entries(2);
    expect(siem.seqs).toEqual([1, 2]);
  });
});
