import { generateKeyPairSync } from 'node:crypto';
import { createSigner, createVerifier } from '../../../src/store/audit/signing-key.ts';
import { sha256 } from '../../../src/store/audit/sha256.ts';
import type { AuditEntry } from '../../../src/domain/audit/audit-entry.ts';
import { toRecord } from '../../../src/domain/audit/audit-record.ts';
import { chainHash, type ChainPoint, type ChainRow, GENESIS } from '../../../src/domain/audit/chain.ts';
import { checkpointEntry } from '../../../src/domain/audit/checkpoint.ts';
import { verifyChain } from '../../../src/domain/audit/verify-chain.ts';
import type { KnownPoint } from '../../../src/domain/audit/verdict.ts';

export function newKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

export const KEY = newKey();
export const signer = createSigner(KEY);
export const verifySignature = createVerifier([KEY]);

let serial = 0;

/** An entry that is different from every other. */
export function anEntry(changes: Partial<AuditEntry> = {}): AuditEntry {
  serial += 1;
  return {
    key: `remediation/default/OrderServiceCPUThrottling/0123456789abcdef/${serial}/effect`,
    at: '2026-08-01T12:00:00.000Z',
    actor: 'mendloop',
    kind: 'effect_done',
    remediationId: 'remediation/default/OrderServiceCPUThrottling/0123456789abcdef/1',
    target: 'default/production/Deployment/order-service',
    data: { action: 'scale', before: { replicas: 2 }, after: { replicas: 5 }, rule: 'order', policyRevision: 'abc123' },
    ...changes,
  };
}

/** A log as the database makes it, in memory. */
export class LogBuilder {
  rows: ChainRow[] = [];
  #removed: ChainPoint | null = null;

  get head(): ChainPoint {
    const { seq, hash } = this.rows.at(-1) ?? GENESIS;
    return { seq, hash };
  }

  append(...entries: readonly AuditEntry[]): this {
    for (const entry of entries) this.rows.push(link(this.head, toRecord(entry)));
    return this;
  }

  entries(count: number): this {
    return this.append(...Array.from({ length: count }, () => anEntry()));
  }

  checkpoint(sign = signer): this {
    const at = '2026-08-01T13:00:00.000Z';
    return this.append(checkpointEntry(sign.sign({ head: this.head, removed: this.#removed, at })));
  }

  /** Retention, done honestly. */
  removeThrough(seq: number): this {
    const { hash } = this.rows.find((row) => row.seq === seq)!;
    this.#removed = { seq, hash };
    this.checkpoint();
    this.rows = this.rows.filter((row) => row.seq > seq);
    return this;
  }
}

/** The row that comes after a place. */
export function link(after: ChainPoint, record: Pick<ChainRow, 'key' | 'kind' | 'remediationId' | 'body'>): ChainRow {
  const seq = after.seq + 1;
  const recordedAt = `2026-08-01T12:00:00.${String(seq).padStart(6, '0')}Z`;
  const row = { seq, recordedAt, prevHash: after.hash, ...record };
  return { ...row, hash: chainHash(row, sha256) };
}

export function verify(rows: readonly ChainRow[], known: readonly KnownPoint[] = []) {
  return verifyChain(rows, { sha256, verifySignature, known });
}
