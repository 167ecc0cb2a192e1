import type { AuditRow } from '../audit-entry.ts';
import { toCef } from './cef.ts';
import { toJsonLine } from './jsonl.ts';
import { toOcsf } from './ocsf.ts';

/** How rows leave Mendloop as text. */
export const auditFormats = ['jsonl', 'ocsf', 'cef'] as const;
export type AuditFormat = (typeof auditFormats)[number];

const FORMATS: Record<AuditFormat, (row: AuditRow) => string> = { jsonl: toJsonLine, ocsf: toOcsf, cef: toCef };

/** One row as one line, without the line break. */
export function formatRow(row: AuditRow, format: AuditFormat): string {
  return FORMATS[format](row);
}

/** JSON in ASCII alone, for transports that know nothing of encodings. It reads as the same value. */
export function asciiJson(json: string): string {
  return json.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
