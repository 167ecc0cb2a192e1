/** Wall clock and consumed CPU of this process, both in milliseconds and only ever growing. */
export interface QuotaReading {
  readonly wallMs: number;
  readonly cpuMs: number;
}

export interface QuotaOptions {
  /** CPU milliseconds that may be used in one period. */
  readonly quotaMs: number;
  /** Length of a period in wall-clock milliseconds; the kernel's default is 100. */
  readonly periodMs: number;
  readonly start: QuotaReading;
}

/**
 * The accounting of the kernel's CFS bandwidth control: each period grants `quotaMs`; what was not used is lost, what
 * was used beyond it is owed by the next periods; whoever wants to run with nothing left is throttled until a period
 * begins that leaves something. Pure: it is told the time.
 * Source: Linux, Documentation/scheduler/sched-bwc.rst.
 */
export class CpuQuota {
  readonly #quotaMs: number;
  readonly #periodMs: number;
  readonly #originMs: number;
  #remainingMs: number;
  #cpuMs: number;
  #period = 0;
  #throttledSinceMs: number | undefined;
  #throttledMs = 0;

  constructor(options: QuotaOptions) {
    this.#quotaMs = options.quotaMs;
    this.#periodMs = options.periodMs;
    this.#originMs = options.start.wallMs;
    this.#cpuMs = options.start.cpuMs;
    this.#remainingMs = options.quotaMs;
  }

  /** Asked only by someone who has work to do: a refusal counts as throttled time until the next grant. */
  mayRun(reading: QuotaReading): boolean {
    this.#settle(reading);
    if (this.#remainingMs <= 0) {
      this.#throttledSinceMs ??= reading.wallMs;
      return false;
    }
    if (this.#throttledSinceMs !== undefined) {
      this.#throttledMs += reading.wallMs - this.#throttledSinceMs;
      this.#throttledSinceMs = undefined;
    }
    return true;
  }

  /** Milliseconds until the first period that will leave something to run on, if nothing more is used until then. */
  waitMs(wallMs: number): number {
    const periods = 1 + Math.floor(Math.max(0, -this.#remainingMs) / this.#quotaMs);
    return Math.max(0, this.#originMs + (this.#period + periods) * this.#periodMs - wallMs);
  }

  /** `container_cpu_cfs_throttled_seconds_total`; like the kernel's, it grows when a throttled stretch ends. */
  get throttledSeconds(): number {
    return this.#throttledMs / 1000;
  }

  #settle({ wallMs, cpuMs }: QuotaReading): void {
    this.#remainingMs -= cpuMs - this.#cpuMs;
    this.#cpuMs = cpuMs;
    const period = Math.floor((wallMs - this.#originMs) / this.#periodMs);
    const begun = period - this.#period;
    if (begun <= 0) return;
    this.#period = period;
    this.#remainingMs = Math.min(this.#quotaMs, this.#remainingMs + begun * this.#quotaMs);
  }
}
