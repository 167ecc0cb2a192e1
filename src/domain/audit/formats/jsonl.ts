import { z } from 'zod';
import type { AuditRow } from '../audit-entry.ts';
import { RECORD_VERSION } from '../audit-record.ts';
import { canonicalJson, type JsonObject } from '../canonical-json.ts';
import type { ChainRow } from '../chain.ts';

/**
 * A row as one line of JSON, in canonical form and without the line break. Without `seq`, `recordedAt`, `prevHash` and
 * `hash` the line is the body that was hashed: a reader of the line can recompute the hash.
 */
export function toJsonLine(row: AuditRow): string {
  return canonicalJson({ v: RECORD_VERSION, ...row });
}

const chainPart = z.looseObject({
  seq: z.int().positive(),
  recordedAt: z.string(),
  prevHash: z.string(),
  hash: z.string(),
  key: z.string(),
  kind: z.string(),
  remediationId: z.string().optional(),
});

/** The row that a line was made of, as it was stored; undefined if it is no such line. */
export function fromJsonLine(line: string): ChainRow | undefined {
  let value: JsonObject;
  try {
    value = JSON.parse(line) as JsonObject;
  } catch {
    return undefined;
  }
  const parsed = chainPart.safeParse(value);
  if (!parsed.success) return undefined;
  const { seq, recordedAt, prevHash, hash, key, kind, remediationId } = parsed.data;
  const body = Object.entries(value).filter(([name]) => !['seq', 'recordedAt', 'prevHash', 'hash'].includes(name));
  return {
    seq,
    recordedAt,
    prevHash,
    hash,
    key,
    kind,
    remediationId: remediationId ?? null,
    body: canonicalJson(Object.fromEntries(body)),
  };
}
