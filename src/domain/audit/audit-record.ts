import { z } from 'zod';
import { MendloopError } from '../failures.ts';
import { type AuditEntry, type AuditRow, auditEntrySchema } from './audit-entry.ts';
import { canonicalJson, type JsonObject } from './canonical-json.ts';
import type { ChainRow } from './chain.ts';
import { safeData, safeText } from './safe-data.ts';

/** Of the form of `body`; a change of meaning needs the next one. */
export const RECORD_VERSION = 1;

/** UTF-16 code units; in UTF-8 it still fits into an entry of the database's index. */
const MAX_KEY = 600;

/** The part of a row that comes from the caller. */
export type AuditRecord = Pick<ChainRow, 'key' | 'kind' | 'remediationId' | 'body'>;

/**
 * An entry as it is stored: checked, without secrets, in canonical form.
 *
 * @throws MendloopError `Internal` naming the fields that are wrong, never their values.
 */
export function toRecord(entry: AuditEntry): AuditRecord {
  const parsed = auditEntrySchema.safeParse(entry);
  if (!parsed.success) {
    const fields = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new MendloopError('Internal', `not an audit entry: ${fields.join('; ')}`);
  }
  const { kind, remediationId, target } = parsed.data;
  if (entry.key.length > MAX_KEY) {
    throw new MendloopError('Internal', `not an audit entry: key: longer than ${MAX_KEY} characters`);
  }
  // Keys and IDs are how entries are found again: only what cannot be stored is replaced in them.
  const key = storable(entry.key);
  const id = remediationId === undefined ? null : storable(remediationId);
  const body: JsonObject = {
    v: RECORD_VERSION,
    key,
    at: entry.at,
    actor: safeText(entry.actor),
    kind,
    ...(id === null ? {} : { remediationId: id }),
    ...(target === undefined ? {} : { target: safeText(target) }),
    data: safeData(entry.data),
  };
  return { key, kind, remediationId: id, body: canonicalJson(body) };
}

const recordSchema = auditEntrySchema.extend({ v: z.literal(RECORD_VERSION) });

/** The entry of a stored row, or undefined if its body is not one: then another program wrote it. */
export function readEntry(body: string): AuditEntry | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  const parsed = recordSchema.safeParse(value);
  if (!parsed.success) return undefined;
  const { key, at, actor, kind, remediationId, target, data } = parsed.data;
  return {
    key,
    at,
    actor,
    kind,
    ...(remediationId === undefined ? {} : { remediationId }),
    ...(target === undefined ? {} : { target }),
    data,
  };
}

/** @throws MendloopError `AuditTampered` if the row is not one that Mendloop wrote. */
export function toAuditRow(row: ChainRow): AuditRow {
  const entry = readEntry(row.body);
  if (entry === undefined) throw new MendloopError('AuditTampered', `row ${row.seq} of the audit log is no entry`);
  const { seq, recordedAt, prevHash, hash } = row;
  return { ...entry, seq, recordedAt, prevHash, hash };
}

function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\ufffd');
}
