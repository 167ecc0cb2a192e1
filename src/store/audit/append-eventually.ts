import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditEntry } from '../../domain/audit/audit-entry.ts';
import type { AuditLog } from './audit-log.ts';

/** Milliseconds between two tries. */
const PAUSE_MS = 5_000;

export interface EventualAppends {
  /** In the order of the calls; never throws. */
  append(entry: AuditEntry): void;
  /** Settles when the try that is under way has ended; what could not be written is told. */
  stop(): Promise<void>;
}

/** For what has happened already, whether or not the log can be had now: tried again until it is there. */
export function appendEventually(audit: Pick<AuditLog, 'append'>, onError: (error: unknown) => void): EventualAppends {
  const stopping = new AbortController();
  let last = Promise.resolve();

  async function write(entry: AuditEntry): Promise<void> {
    for (let told = false; ; told = true) {
      try {
        await audit.append([entry]);
        return;
      } catch (error) {
        if (!told || stopping.signal.aborted) onError(error);
        if (stopping.signal.aborted) return;
        await sleep(PAUSE_MS, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined);
      }
    }
  }

  return {
    append: (entry) => {
      last = last.then(() => write(entry));
    },
    stop: async () => {
      stopping.abort();
      await last;
    },
  };
}
