import type { WakeUp } from '../../domain/admission/admission.ts';
import { BatchQueue } from '../batch-queue.ts';
import type { Database } from '../database.ts';
import type { SendWakeUp } from '../store.ts';
import type { SentMessage } from './commit.ts';

/** Wake-ups that one process sends at the same time. */
const CONCURRENCY = 8;

/** Milliseconds for which a sweep has the wake-ups that it has taken. */
const SWEEP_TAKES_MS = 30_000;

/** Wake-ups that one sweep sends: a bounded number for each of its runs. */
const MAX_SWEPT = 500;

export interface OutboxOptions {
  readonly database: Pick<Database, 'run'>;
  /** Absent: what this process commits is sent by the sweep of another. */
  readonly send?: SendWakeUp | undefined;
  /** The workflow of a receiver has ended: nothing is to wait for it. */
  readonly onGone: (remediationId: string) => Promise<void>;
  readonly now?: (() => number) | undefined;
}

/** Sends what commits owe to remediations: right after the commit, and once more by the sweep if that did not work. */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #timers = new Set<NodeJS.Timeout>();
  /** One write to the disk, however many have arrived meanwhile. */
  readonly #arrived: BatchQueue<number, undefined>;
  #waiting: SentMessage[] = [];
  #sending = 0;
  #idle: (() => void) | undefined;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#arrived = new BatchQueue<number, undefined>({
      run: async (ids) => {
        await options.database.run({
          text: 'DELETE FROM mendloop.outbox WHERE id = ANY ($1::bigint[])',
          values: [ids.map(String)],
          prepare: 'outbox_arrived',
        });
        return ids.map(() => undefined);
      },
      weigh: () => 1,
      maxWeight: MAX_SWEPT,
    });
  }

  get canSend(): boolean {
    return this.#options.send !== undefined;
  }

  /** Sends in the background, each when it is due. */
  send(messages: readonly SentMessage[]): void {
    if (!this.canSend || messages.length === 0) return;
    const first = Math.min(...messages.map(({ dueAt }) => dueAt));
    const later = new Map<number, SentMessage[]>();
    for (const message of messages) {
      const afterMs = message.dueAt - first;
      later.set(afterMs, [...(later.get(afterMs) ?? []), message]);
    }
    for (const [afterMs, due] of later) {
      if (afterMs === 0) this.#enqueue(due);
      else {
        const timer = setTimeout(() => {
          this.#timers.delete(timer);
          this.#enqueue(due);
        }, afterMs).unref();
        this.#timers.add(timer);
      }
    }
  }

  /** Sends what is due and no other process is at. Gives how many arrived. */
  async sweep(send: SendWakeUp): Promise<number> {
    const messages = await this.#take();
    let arrived = 0;
    for (let from = 0; from < messages.length; from += CONCURRENCY) {
      const results = await Promise.all(
        messages.slice(from, from + CONCURRENCY).map((message) => this.#deliver(message, send)),
      );
      arrived += results.filter((isSent) => isSent).length;
    }
    return arrived;
  }

  /** What was not sent is left to the sweep. Settles when nothing is under way any more. */
  async close(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#waiting = [];
    if (this.#sending > 0) await new Promise<void>((resolve) => (this.#idle = resolve));
  }

  #enqueue(messages: readonly SentMessage[]): void {
    this.#waiting.push(...messages);
    while (this.#sending < CONCURRENCY && this.#waiting.length > 0) void this.#sendNext();
  }

  async #sendNext(): Promise<void> {
    const { send } = this.#options;
    this.#sending += 1;
    for (let [message] = this.#waiting.splice(0, 1); message !== undefined; [message] = this.#waiting.splice(0, 1)) {
      if (send !== undefined) await this.#deliver(message, send);
    }
    this.#sending -= 1;
    if (this.#sending === 0) this.#idle?.();
  }

  /** Whether it arrived; what did not is tried again by the sweep. */
  async #deliver({ id, to, wake }: SentMessage, send: SendWakeUp): Promise<boolean> {
    try {
      const result = await send(to, wake);
      if (result === 'gone') await this.#options.onGone(to);
      await this.#arrived.ask(id);
      return result === 'delivered';
    } catch {
      return false;
    }
  }

  async #take(): Promise<SentMessage[]> {
    const { database, now } = this.#options;
    const rows = await database.run({
      text: `
        WITH moment AS (
          SELECT coalesce($1::bigint, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint) AS now
        ), due AS (
          SELECT o.id FROM mendloop.outbox o, moment
          WHERE o.due_at <= moment.now AND o.claimed_until <= moment.now
          ORDER BY o.due_at, o.id LIMIT $3::int FOR UPDATE OF o SKIP LOCKED
        )
        UPDATE mendloop.outbox o SET claimed_until = moment.now + $2::bigint FROM due, moment WHERE o.id = due.id
        RETURNING o.id::text, o.receiver, o.wake::text, o.due_at::text`,
      values: [now === undefined ? null : String(Math.floor(now())), String(SWEEP_TAKES_MS), String(MAX_SWEPT)],
    });
    return rows
      .map((row) => ({
        id: Number(row['id']),
        to: row['receiver'] ?? '',
        wake: JSON.parse(row['wake'] ?? '') as WakeUp,
        dueAt: Number(row['due_at']),
      }))
      .toSorted((one, other) => one.dueAt - other.dueAt || one.id - other.id);
  }
}
