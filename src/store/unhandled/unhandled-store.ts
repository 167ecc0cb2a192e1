import type { UnhandledAlert } from '../../domain/incident/unhandled.ts';

/** One alert that no rule wants. */
export interface Unwanted {
  readonly alertName: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly rule: string;
  readonly reason: string;
}

/** Alerts that no rule wants: counted by kind, so that what a policy lacks is seen. */
export interface UnhandledStore {
  /**
   * Counts alerts; durable when it settles. At most so many kinds are kept, the latest seen: a sender that makes up names
   * fills no disk.
   *
   * @throws MendloopError `StoreUnavailable`: they may have been counted, and the repeat counts them again.
   */
  record(request: {
    readonly cluster: string;
    readonly alerts: readonly Unwanted[];
    /** Epoch ms. */
    readonly now: number;
  }): Promise<void>;

  /** The latest seen first. `since`: epoch ms. @throws MendloopError `StoreUnavailable`. */
  list(request: { readonly since?: number; readonly limit: number }): Promise<readonly UnhandledAlert[]>;

  /** Settles when nothing waits to be counted any more. */
  close(): Promise<void>;
}
