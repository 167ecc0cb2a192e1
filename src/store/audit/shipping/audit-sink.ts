import type { AuditRow } from '../../../domain/audit/audit-entry.ts';

/** Why a sink did not take a batch. The message may be logged: it holds no secret and nothing of the rows. */
export class SinkFailure extends Error {
  override readonly name = 'SinkFailure';
  /** How long the other side asked us to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, retryAfterMs?: number) {
    super(message);
    this.retryAfterMs = retryAfterMs;
  }
}

/** A place that the audit log is sent to. */
export interface AuditSink {
  readonly name: string;
  /**
   * Settles when the other side has taken every row. Rows may be sent again: by `seq` and `hash` the other side can tell.
   *
   * @throws SinkFailure if they have not arrived, or it is not known; all of them are to be sent again.
   */
  send(rows: readonly AuditRow[], signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}
