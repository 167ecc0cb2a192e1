import type { AuditRow } from '../audit-entry.ts';
import { canonicalJson } from '../canonical-json.ts';
import { type AuditSeverity, nameOf, severityOf } from './severity.ts';

/** 0 to 3 is low, 4 to 6 medium, 7 and 8 high. */
const SEVERITY: Record<AuditSeverity, number> = { info: 2, notice: 4, warning: 6 };

/** Bytes that a custom string may have, by the CEF dictionary. */
const MAX_CUSTOM = 4000;

/**
 * A row in the ArcSight Common Event Format, version 0, without the line break. Standard fields where the dictionary has
 * them, custom strings for the rest; data that does not fit is cut off, so JSON Lines are the format for archives.
 * Source: "Implementing ArcSight Common Event Format", its rules of escaping.
 */
export function toCef(row: AuditRow): string {
  const { data } = row;
  const header = ['CEF:0', 'Mendloop', 'Mendloop', '1', row.kind, nameOf(row), String(SEVERITY[severityOf(row)])];
  const extension: [string, string | undefined][] = [
    ['rt', String(Date.parse(row.recordedAt))],
    ['end', String(Date.parse(row.at))],
    ['externalId', String(row.seq)],
    ['suser', row.actor],
    ['act', row.kind],
    ...custom(1, 'remediationId', row.remediationId),
    ...custom(2, 'target', row.target),
    ...custom(3, 'rule', textOf(data['rule'])),
    ...custom(4, 'policyRevision', textOf(data['policyRevision'])),
    ...custom(5, 'hash', row.hash),
    ...custom(6, 'data', canonicalJson(data)),
  ];
  const fields = extension.flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${escapeValue(value)}`]));
  return `${header.map((field, place) => (place === 0 ? field : escapeHeader(field))).join('|')}|${fields.join(' ')}`;
}

function custom(number: number, label: string, value: string | undefined): [string, string][] {
  if (value === undefined) return [];
  return [
    [`cs${number}Label`, label],
    [`cs${number}`, cut(value)],
  ];
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Whole characters only. */
function cut(text: string): string {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= MAX_CUSTOM) return text;
  return new TextDecoder().decode(bytes.subarray(0, MAX_CUSTOM), { stream: true });
}

/** Backslash and pipe are escaped in the header, which must be one line. */
function escapeHeader(text: string): string {
  return text.replace(/[\\|]/g, '\\$&').replace(/[\r\n]+/g, ' ');
}

/** Backslash, equals sign and line breaks are escaped in the extension. */
function escapeValue(text: string): string {
  return text.replace(/[\\=]/g, '\\$&').replace(/\r/g, '\\r').replace(/\n/g, '\\n');
}
