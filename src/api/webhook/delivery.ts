import type { Alert } from '../../domain/alert/alert.ts';
import { MendloopError } from '../../domain/failures.ts';
import { type AlertResult, alertResults } from '../../telemetry/metrics.ts';
import { again, type Entry } from './entries.ts';

export interface Delivery {
  /** Adds up to the number of alerts given. */
  readonly counts: Readonly<Record<AlertResult, number>>;
  /** Positions, in what was given, of alerts that can never be taken. */
  readonly rejected: readonly number[];
  /** The alerts behind `started`. */
  readonly started: readonly Alert[];
  /** One of the errors behind `failed`; absent: it was too much at once. */
  readonly failure?: unknown;
}

/** What has become of the alerts of one request so far. */
export class DeliveryRecord implements Delivery {
  readonly counts: Record<AlertResult, number>;
  readonly rejected: number[] = [];
  readonly started: Alert[] = [];
  readonly #failures: unknown[] = [];
  readonly #maxFailures: number;

  /** @param maxFailures failures after which the rest is left to the repeat. */
  constructor(maxFailures: number) {
    this.counts = Object.fromEntries(alertResults.map((result) => [result, 0])) as Record<AlertResult, number>;
    this.#maxFailures = maxFailures;
  }

  get failure(): unknown {
    return this.#failures[0];
  }

  /** Temporal or the store is away: waiting out a deadline for each of the rest would hold the request for minutes. */
  get isOver(): boolean {
    return this.#failures.length >= this.#maxFailures;
  }

  count({ alert, times }: Entry, result: AlertResult): void {
    if (result === 'started') this.started.push(alert);
    this.counts[result] += 1;
    this.counts[again[result]] += times - 1;
  }

  /** It could not be done: now, or ever. Anything that is no failure of ours is thrown. */
  fail(entry: Entry, error: unknown): void {
    if (!(error instanceof MendloopError)) throw error;
    if (error.type === 'AlertTooLarge') this.reject(entry);
    else {
      this.#failures.push(error);
      this.count(entry, 'failed');
    }
  }

  reject(entry: Entry): void {
    this.rejected.push(entry.index);
    this.count(entry, 'rejected');
  }

  /** Left to the repeat. */
  leave(entries: readonly Entry[]): void {
    for (const entry of entries) this.count(entry, 'failed');
  }
}
