import type { AuditEntry, AuditKind } from '../../domain/audit/audit-entry.ts';
import { decisionEntry } from '../../domain/audit/decision-entry.ts';
import type { JsonObject } from '../../domain/audit/canonical-json.ts';
import type { Decision } from '../../domain/decision.ts';
import { formatTarget } from '../../domain/target/format-target.ts';
import type { Target } from '../../domain/target/target.ts';
import { read } from '../activity-profiles.ts';

export interface AuditFact {
  readonly kind: AuditKind;
  /** Unique within the remediation. */
  readonly step: string;
  readonly actor?: string;
  readonly data: JsonObject;
}

/**
 * What a remediation leaves in the audit log. The key of each entry is made of the remediation and the step, so that an
 * attempt whose answer was never heard appends nothing twice.
 */
export class AuditTrail {
  readonly #remediationId: string;
  readonly #facts: AuditEntry[] = [];
  /** Whether what was offered, by its step, became durable. */
  readonly #offered = new Map<string, Promise<boolean>>();
  #target: string | undefined;

  constructor(remediationId: string) {
    this.#remediationId = remediationId;
  }

  set target(target: Target) {
    this.#target = formatTarget(target);
  }

  /** Settles when the facts are durable; rejects if they cannot be made so: then nothing that they announce may start. */
  async require(facts: readonly AuditFact[]): Promise<void> {
    const written = await Promise.all(facts.map(({ step }) => this.#offered.get(step) ?? Promise.resolve(false)));
    await this.#write(facts.filter((_, index) => written[index] !== true));
  }

  async #write(facts: readonly AuditFact[]): Promise<void> {
    if (facts.length === 0) return;
    const entries = facts.map((fact) => this.#entry(fact));
    await read('write the audit log', (activities) => activities.recordAudit({ entries }));
  }

  /** Written at once if the log can be had, without a wait; what requires it hands it in again. */
  offer(fact: AuditFact): void {
    const written = this.#write([fact]).then(
      () => true,
      () => false,
    );
    this.#offered.set(fact.step, written);
  }

  /** Kept for the next commit of the store: what has happened has happened, and only its record comes a moment later. */
  add(facts: readonly AuditFact[]): void {
    this.#facts.push(...facts.map((fact) => this.#entry(fact)));
  }

  /** What policy decided, where no admission has recorded it. */
  addDecision(decision: Decision): void {
    const remediationId = this.#remediationId;
    this.#facts.push(decisionEntry({ remediationId, decision, at: new Date().toISOString() }));
  }

  /** What was added, for that commit; it may be handed in again, because each entry has its key. */
  take(): readonly AuditEntry[] {
    return this.#facts.splice(0);
  }

  #entry({ kind, step, actor = 'mendloop', data }: AuditFact): AuditEntry {
    return {
      key: `${this.#remediationId}/${step}`,
      at: new Date().toISOString(),
      actor,
      kind,
      remediationId: this.#remediationId,
      ...(this.#target === undefined ? {} : { target: this.#target }),
      data,
    };
  }
}
