import type { CpuQuota, QuotaReading } from './cpu-quota.ts';

/** A request that waits for CPU. */
export interface Job {
  /** Wall clock at arrival, in milliseconds. */
  readonly arrivedMs: number;
  /** True once nobody waits for the answer any more. */
  abandoned(): boolean;
  /** Uses the CPU. Called at most once, and only while quota is left. */
  run(): void;
  /** Called instead of `run` when the request waited too long. */
  shed(): void;
}

export interface RequestQueueOptions {
  readonly quota: CpuQuota;
  readonly read: () => QuotaReading;
  readonly limit: number;
  readonly timeoutMs: number;
}

/**
 * First in, first out, one at a time, on the CPU that the quota leaves: what makes latency rise under load. Between
 * two jobs the event loop gets a turn, so that arrivals are stamped and answers are sent.
 */
export class RequestQueue {
  readonly #options: RequestQueueOptions;
  readonly #jobs: Job[] = [];
  #scheduled = false;
  #idle: (() => void)[] = [];

  constructor(options: RequestQueueOptions) {
    this.#options = options;
  }

  /** False if the queue is full. */
  push(job: Job): boolean {
    if (this.#jobs.length >= this.#options.limit) return false;
    this.#jobs.push(job);
    this.#schedule(0);
    return true;
  }

  /** Resolves when nothing waits. */
  async drained(): Promise<void> {
    if (this.#jobs.length === 0) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #schedule(delayMs: number): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    const step = () => {
      this.#scheduled = false;
      this.#step();
    };
    if (delayMs > 0) setTimeout(step, delayMs);
    else setImmediate(step);
  }

  #step(): void {
    this.#dropStale();
    if (this.#jobs.length === 0) {
      for (const resolve of this.#idle.splice(0)) resolve();
      return;
    }
    const reading = this.#options.read();
    if (!this.#options.quota.mayRun(reading)) {
      this.#schedule(Math.max(1, this.#options.quota.waitMs(reading.wallMs)));
      return;
    }
    this.#jobs.shift()?.run();
    this.#schedule(0);
  }

  #dropStale(): void {
    const oldest = this.#options.read().wallMs - this.#options.timeoutMs;
    for (let job = this.#jobs[0]; job !== undefined; job = this.#jobs[0]) {
      if (job.abandoned()) this.#jobs.shift();
      else if (job.arrivedMs < oldest) {
        this.#jobs.shift();
        job.shed();
      } else return;
    }
  }
}
