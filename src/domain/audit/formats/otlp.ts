import type { AuditRow } from '../audit-entry.ts';
import type { JsonObject, JsonValue } from '../canonical-json.ts';
import { toJsonLine } from './jsonl.ts';
import { type AuditSeverity, severityOf } from './severity.ts';

/** INFO, INFO2 and WARN of the OpenTelemetry log data model. */
const SEVERITY: Record<AuditSeverity, readonly [number, string]> = {
  info: [9, 'INFO'],
  notice: [10, 'INFO2'],
  warning: [13, 'WARN'],
};

/**
 * Rows as the body of one OTLP/HTTP export request in JSON: 64-bit integers as strings, enumerations as numbers, names in
 * lowerCamelCase. The record's body is the whole row as JSON. Source: opentelemetry-proto, `logs/v1/logs.proto`, and the
 * OTLP specification, "JSON Protobuf Encoding".
 */
export function toOtlpLogs(rows: readonly AuditRow[], resource: Readonly<Record<string, string>>): JsonObject {
  return {
    resourceLogs: [
      {
        resource: { attributes: Object.entries(resource).map(([key, value]) => attribute(key, value)) },
        scopeLogs: [{ scope: { name: 'mendloop.audit' }, logRecords: rows.map(toLogRecord) }],
      },
    ],
  };
}

function toLogRecord(row: AuditRow): JsonObject {
  const [severityNumber, severityText] = SEVERITY[severityOf(row)];
  return {
    timeUnixNano: nanoseconds(row.at),
    observedTimeUnixNano: nanoseconds(row.recordedAt),
    severityNumber,
    severityText,
    eventName: `mendloop.audit.${row.kind}`,
    body: { stringValue: toJsonLine(row) },
    attributes: [
      { key: 'mendloop.audit.seq', value: { intValue: String(row.seq) } },
      attribute('mendloop.audit.key', row.key),
      attribute('mendloop.audit.kind', row.kind),
      attribute('mendloop.audit.actor', row.actor),
      attribute('mendloop.audit.hash', row.hash),
      attribute('mendloop.audit.prev_hash', row.prevHash),
      ...(row.remediationId === undefined ? [] : [attribute('mendloop.remediation.id', row.remediationId)]),
      ...(row.target === undefined ? [] : [attribute('mendloop.target', row.target)]),
    ],
  };
}

function attribute(key: string, value: string): JsonValue {
  return { key, value: { stringValue: value } };
}

/** RFC 3339 to nanoseconds since the epoch, without losing the digits that a `Date` has no room for. */
function nanoseconds(instant: string): string {
  const fraction = /\.(\d+)/.exec(instant)?.[1] ?? '';
  const seconds = Date.parse(instant.replace(/\.\d+/, '')) / 1000;
  return String(BigInt(seconds) * 1_000_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, '0')));
}
