import { CancellationScope } from '@temporalio/workflow';
import type { AuditEntry, AuditKind } from '../../domain/audit/audit-entry.ts';
import type { JsonObject } from '../../domain/audit/canonical-json.ts';
import { read, record } from '../activity-profiles.ts';

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
  readonly #pending: Promise<void>[] = [];
  #target: string | undefined;

  constructor(remediationId: string) {
    this.#remediationId = remediationId;
  }

  /** `cluster/namespace/Kind/name`. */
  set target(target: string) {
    this.#target = target;
  }

  /** Settles when the facts are durable; rejects if they cannot be made so: then nothing that they announce may start. */
  async require(facts: readonly AuditFact[]): Promise<void> {
    if (facts.length === 0) return;
    const entries = facts.map((fact) => this.#entry(fact));
    await read('write the audit log', (activities) => activities.recordAudit({ entries }));
  }

  /** Written beside what goes on, for as long as it takes: what has happened has happened, and only its record can be late. */
  add(facts: readonly AuditFact[]): void {
    const entries = facts.map((fact) => this.#entry(fact));
    const written = CancellationScope.nonCancellable(() =>
      record('write the audit log', (activities) => activities.recordAudit({ entries })),
    ).catch(() => undefined); // After a day; in the workflow's history, and the alert on an audit gap has told people.
    this.#pending.push(written);
  }

  /** Settles when everything that was added is written. */
  async settled(): Promise<void> {
    await Promise.all(this.#pending.splice(0));
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
