import type { Alert } from '../../domain/alert/alert.ts';
import type { AuditEntry } from '../../domain/audit/audit-entry.ts';
import { decisionEntry, unwantedEntry } from '../../domain/audit/decision-entry.ts';
import type { Decision } from '../../domain/decision.ts';
import type { AuditLog } from '../../store/audit/audit-log.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { RemediationStarter } from './remediation-starter.ts';

/** Decisions about unwanted alerts that this process knows to be recorded. */
const MAX_KNOWN = 10_000;

/** Milliseconds for which a decision waits for others: what is being started has processor and disk first. */
const WAIT_MS = 500;

/** Decisions of one append, and those that wait at most. */
const MANY = 200;
const MAX_WAITING = 10_000;

export interface DecisionRecordParts {
  readonly audit: Pick<AuditLog, 'append'>;
  readonly cluster: string;
  readonly clock: () => number;
  readonly logger: Pick<Logger, 'warn'>;
}

/**
 * Every decision in the audit log. That of a remediation within a second, in the background; the remediation itself has it
 * in the commit of its admission or, where it was never admitted, of its end: whichever comes first is kept.
 */
export class DecisionRecord {
  readonly #parts: DecisionRecordParts;
  readonly #known = new Set<string>();
  #waiting: AuditEntry[] = [];
  #timer: NodeJS.Timeout | undefined;
  #writing = Promise.resolve();

  constructor(parts: DecisionRecordParts) {
    this.#parts = parts;
  }

  /** The same starter; what it starts is recorded. */
  recording(starter: RemediationStarter): RemediationStarter {
    return {
      start: async (request) => {
        const answer = await starter.start(request);
        const { remediationId, decision } = request;
        if (decision !== undefined) this.#add(decisionEntry({ remediationId, decision, at: this.#now }));
        return answer;
      },
      resolve: (request) => starter.resolve(request),
    };
  }

  /** Of alerts that no rule wants. */
  async unwanted(
    decided: readonly { readonly alert: Alert; readonly decision: Decision | undefined }[],
  ): Promise<void> {
    const { cluster, audit } = this.#parts;
    const entries = decided.flatMap(({ alert, decision }) => {
      if (decision === undefined) return [];
      const alertName = alert.labels['alertname'] || 'unnamed';
      return [unwantedEntry({ cluster, alertName, decision, at: this.#now })];
    });
    const fresh = entries.filter(({ key }) => !this.#known.has(key));
    if (fresh.length === 0) return;
    await audit.append(fresh);
    if (this.#known.size > MAX_KNOWN) this.#known.clear();
    for (const { key } of fresh) this.#known.add(key);
  }

  /** Settles when every decision is recorded, or was tried to be once more. */
  async drain(): Promise<void> {
    this.#flush();
    await this.#writing;
    clearTimeout(this.#timer);
  }

  #add(entry: AuditEntry): void {
    if (this.#waiting.length < MAX_WAITING) this.#waiting.push(entry);
    if (this.#waiting.length >= MANY) this.#flush();
    else this.#wait();
  }

  #wait(): void {
    this.#timer ??= setTimeout(() => this.#flush(), WAIT_MS).unref();
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#writing.then(() => this.#write());
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const entries = this.#waiting.splice(0, MANY);
      try {
        await this.#parts.audit.append(entries);
      } catch (error) {
        this.#parts.logger.warn({ err: error, decisions: entries.length }, 'decisions could not be recorded yet');
        this.#waiting.unshift(...entries.slice(0, MAX_WAITING - this.#waiting.length));
        this.#wait();
        return;
      }
    }
  }

  get #now(): string {
    return new Date(this.#parts.clock()).toISOString();
  }
}
