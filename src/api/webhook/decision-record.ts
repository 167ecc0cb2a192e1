import type { Alert } from '../../domain/alert/alert.ts';
import { decisionEntry, unwantedEntry } from '../../domain/audit/decision-entry.ts';
import type { Decision } from '../../domain/decision.ts';
import type { AuditLog } from '../../store/audit/audit-log.ts';
import type { RemediationStarter } from './remediation-starter.ts';

/** Decisions about unwanted alerts that this process knows to be recorded. */
const MAX_KNOWN = 10_000;

export interface DecisionRecordParts {
  readonly audit: Pick<AuditLog, 'append'>;
  readonly cluster: string;
  readonly clock: () => number;
}

/** Every decision in the audit log, when it is made. */
export class DecisionRecord {
  readonly #parts: DecisionRecordParts;
  readonly #known = new Set<string>();

  constructor(parts: DecisionRecordParts) {
    this.#parts = parts;
  }

  /** The same starter; what it starts has been recorded when it settles. Beside the start, so that it costs no time. */
  recording(starter: RemediationStarter): RemediationStarter {
    return {
      start: async (request) => {
        const { remediationId, decision } = request;
        if (decision === undefined) return await starter.start(request);
        const entry = decisionEntry({ remediationId, decision, at: this.#now });
        const [answer] = await Promise.all([starter.start(request), this.#parts.audit.append([entry])]);
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

  get #now(): string {
    return new Date(this.#parts.clock()).toISOString();
  }
}
