import type { AuditRow } from '../audit-entry.ts';
import { type AuditSeverity, severityOf } from './severity.ts';

/** "log audit". */
const FACILITY = 13;
const SEVERITY: Record<AuditSeverity, number> = { info: 6, notice: 5, warning: 4 };

export interface SyslogOptions {
  readonly hostname: string;
  /** Private enterprise number behind which the structured data stand. */
  readonly enterpriseId: number;
  /** The row as text; see `formatRow`. */
  readonly message: string;
}

/**
 * A row as one message of syslog, version 1. What a receiver filters by is in the structured data, the row itself in the
 * message. Source: RFC 5424.
 */
export function toSyslog(row: AuditRow, { hostname, enterpriseId, message }: SyslogOptions): string {
  const priority = FACILITY * 8 + SEVERITY[severityOf(row)];
  const parameters: [string, string | undefined][] = [
    ['seq', String(row.seq)],
    ['kind', row.kind],
    ['actor', row.actor],
    ['remediationId', row.remediationId],
    ['target', row.target],
    ['hash', row.hash],
  ];
  const data = parameters.flatMap(([name, value]) => (value === undefined ? [] : [`${name}="${escapeValue(value)}"`]));
  const header = [`<${priority}>1`, row.recordedAt, printable(hostname, 255), 'mendloop', '-', row.kind];
  return `${header.join(' ')} [mendloop@${enterpriseId} ${data.join(' ')}] ${message}`;
}

/** Source: RFC 5425, octet counting: the length in bytes, a space, the message. */
export function toSyslogFrame(message: string): Uint8Array {
  const bytes = new TextEncoder().encode(message);
  const prefix = new TextEncoder().encode(`${bytes.length} `);
  const frame = new Uint8Array(prefix.length + bytes.length);
  frame.set(prefix);
  frame.set(bytes, prefix.length);
  return frame;
}

/** Header fields are printable ASCII without a space; `-` where there is nothing to say. */
function printable(text: string, max: number): string {
  return text.replace(/[^\x21-\x7e]/g, '').slice(0, max) || '-';
}

/** Quote, backslash and closing bracket; line breaks are legal here, yet many a receiver splits at them. */
function escapeValue(text: string): string {
  return text.replace(/["\\\]]/g, '\\$&').replace(/\p{Cc}/gu, ' ');
}
