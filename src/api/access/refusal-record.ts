import { randomUUID } from 'node:crypto';
import { defined } from '../../domain/defined.ts';
import { type RefusedAccess, refusedAccess } from '../../domain/audit/refused-access.ts';
import { plainLine } from '../../domain/text/plain-text.ts';
import type { AuditLog } from '../../store/audit/audit-log.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { Door, RefusalReason } from '../../telemetry/metrics/access-metrics.ts';
import type { Lifecycle } from '../http/lifecycle.ts';

/** A caller who could not show to be let in. */
export interface Refusal {
  readonly door: Door;
  readonly reason: RefusalReason;
  /** The name that was claimed, where one was; not proven. */
  readonly claimed?: string | undefined;
}

export interface RefusalRecordParts {
  readonly logger: Pick<Logger, 'warn'>;
  /** Absent: refusals are logged only. */
  readonly audit?: Pick<AuditLog, 'append'> | undefined;
  readonly lifecycle: Lifecycle;
}

interface Noted extends Refusal {
  /** The sender's address. */
  readonly from: string;
  readonly forwardedFor?: string | undefined;
}

/** Refusals of one kind and one sender are told one by one for as long as there is one of them in this time, in ms. */
const WINDOW_MS = 60_000;
/** Kinds and senders that are told apart within that time; the rest is summed up by door and reason. */
const MAX_APART = 30;
/** Entries that are kept while the audit log cannot be written. */
const MAX_KEPT = 200;

/**
 * Tells the log and the audit log who was turned away. The first of its kind at once, what follows within a minute as one
 * entry with a count: a flood of requests is not to become a flood of rows. No request waits for it.
 */
export class RefusalRecord {
  readonly #parts: RefusalRecordParts;
  #apart = new Map<string, { readonly noted: Noted; count: number }>();
  #kept: RefusedAccess[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isFailing = false;

  constructor(parts: RefusalRecordParts) {
    this.#parts = parts;
    parts.lifecycle.closing.addEventListener('abort', () => {
      this.#flush();
    });
  }

  note(noted: Noted): void {
    const { door, reason, from } = noted;
    const isRoom = this.#apart.size < MAX_APART;
    const key = JSON.stringify([door, reason, from]);
    const known = this.#apart.get(key);
    if (known !== undefined) known.count += 1;
    else if (isRoom) {
      this.#apart.set(key, { noted, count: 0 });
      this.#tell([toEntry(noted)]);
    } else {
      const rest = JSON.stringify([door, reason]);
      const others = this.#apart.get(rest) ?? { noted: { door, reason, from: 'several' }, count: 0 };
      others.count += 1;
      this.#apart.set(rest, others);
    }
    this.#flushLater();
  }

  #flushLater(): void {
    this.#timer ??= setTimeout(() => {
      this.#flush();
    }, WINDOW_MS).unref();
  }

  /** What has been counted since, and what the audit log has not taken yet. */
  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const counted = [...this.#apart.values()].filter(({ count }) => count > 0);
    this.#apart = new Map();
    this.#tell(counted.map(({ noted, count }) => toEntry(noted, count)));
  }

  #tell(entries: readonly RefusedAccess[]): void {
    const { logger, audit, lifecycle } = this.#parts;
    for (const { id: _, at: __, ...told } of entries) logger.warn(told, 'access refused');
    if (audit === undefined) return;
    const owed = [...this.#kept, ...entries].slice(-MAX_KEPT);
    this.#kept = [];
    if (owed.length === 0) return;
    const end = lifecycle.inFlight.begin();
    audit
      .append(owed.map(refusedAccess))
      .then(
        () => {
          this.#isFailing = false;
        },
        (error: unknown) => {
          // Once an outage; the same entries again are appended once.
          if (!this.#isFailing) logger.warn({ err: error }, 'refused access is not in the audit log yet');
          this.#isFailing = true;
          this.#kept = [...owed, ...this.#kept].slice(-MAX_KEPT);
          this.#flushLater();
        },
      )
      .finally(end);
  }
}

function toEntry({ door, reason, from, claimed, forwardedFor }: Noted, count?: number): RefusedAccess {
  const text = forwardedFor === undefined ? undefined : `said to be forwarded for ${plainLine(forwardedFor)}`;
  return { id: randomUUID(), at: new Date().toISOString(), door, reason, from, ...defined({ claimed, count, text }) };
}
