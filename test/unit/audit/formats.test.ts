import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { auditKinds, type AuditRow } from '../../../src/domain/audit/audit-entry.ts';
import { toAuditRow } from '../../../src/domain/audit/audit-record.ts';
import type { JsonObject } from '../../../src/domain/audit/canonical-json.ts';
import { toCef } from '../../../src/domain/audit/formats/cef.ts';
import { asciiJson, formatRow } from '../../../src/domain/audit/formats/format-row.ts';
import { fromJsonLine, toJsonLine } from '../../../src/domain/audit/formats/jsonl.ts';
import { toOcsf } from '../../../src/domain/audit/formats/ocsf.ts';
import { toOtlpLogs } from '../../../src/domain/audit/formats/otlp.ts';
import { toSyslog, toSyslogFrame } from '../../../src/domain/audit/formats/syslog.ts';
import { anEntry, LogBuilder, verify } from './log-builder.ts';

const rowOf = (changes: Parameters<typeof anEntry>[0] = {}): AuditRow =>
  toAuditRow(new LogBuilder().append(anEntry(changes)).rows[0]!);

const anyText = fc.string({ unit: 'binary', minLength: 1, maxLength: 60 });
const anyRow = fc
  .record({
    actor: anyText,
    target: anyText,
    kind: fc.constantFrom(...auditKinds),
    data: fc.dictionary(anyText, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 }) as fc.Arbitrary<JsonObject>,
  })
  .map(rowOf);

describe('JSON Lines', () => {
  it('give the stored rows back, which still verify', () => {
    const { rows } = new LogBuilder()
      .entries(3)
      .append(anEntry({ data: { 'ünï\n': ['\u2028', 1e21] } }))
      .checkpoint();
    const lines = rows.map((row) => toJsonLine(toAuditRow(row)));
    expect(lines.join('')).not.toContain('\n');
    expect(lines.map(fromJsonLine)).toEqual(rows);
    expect(verify(lines.map((line) => fromJsonLine(line)!))).toMatchObject({ intact: true, rows: 5 });
    const changed = lines.with(1, lines[1]!.replace('"replicas":5', '"replicas":6'));
    expect(verify(changed.map((line) => fromJsonLine(line)!)).problems).toMatchObject([{ seq: 2, kind: 'changed' }]);
  });

  it('give back whatever a row holds', () => {
    fc.assert(
      fc.property(anyRow, (row) => {
        expect(toAuditRow(fromJsonLine(toJsonLine(row))!)).toEqual(row);
      }),
    );
  });

  it.each(['', 'x', '[]', '{}', '{"seq":"1"}', 'null'])('are nothing else: %s', (line) => {
    expect(fromJsonLine(line)).toBeUndefined();
  });
});

/** A reader of CEF, by the rules of its specification. */
function readCef(line: string): { header: string[]; extension: Record<string, string> } {
  const [, ...match] =
    /^CEF:(\d)\|((?:\\.|[^\\|])*)\|((?:\\.|[^\\|])*)\|((?:\\.|[^\\|])*)\|((?:\\.|[^\\|])*)\|((?:\\.|[^\\|])*)\|(\d+)\|(.*)$/su.exec(
      line,
    ) ?? [];
  const extension: Record<string, string> = {};
  const text = match.at(-1) ?? '';
  for (const [, key = '', value = ''] of text.matchAll(/(\w+)=((?:\\.|[^\\=])*)(?=$| \w+=)/gsu)) {
    extension[key] = value.replace(/\\(.)/gs, (_, char: string) => ({ n: '\n', r: '\r' })[char] ?? char);
  }
  return { header: match.slice(0, -1).map((field) => field.replace(/\\(.)/gs, '$1')), extension };
}

describe('CEF', () => {
  it('has the fields of the dictionary', () => {
    const row = rowOf({ actor: 'ann', data: { rule: 'a=b|c', policyRevision: 'r1', why: 'line\nbreak\\' } });
    const { header, extension } = readCef(toCef(row));
    expect(header).toEqual(['0', 'Mendloop', 'Mendloop', '1', 'effect_done', 'Target changed', '4']);
    expect(extension).toEqual({
      rt: String(Date.parse(row.recordedAt)),
      end: String(Date.parse(row.at)),
      externalId: '1',
      suser: 'ann',
      act: 'effect_done',
      cs1Label: 'remediationId',
      cs1: row.remediationId,
      cs2Label: 'target',
      cs2: row.target,
      cs3Label: 'rule',
      cs3: 'a=b|c',
      cs4Label: 'policyRevision',
      cs4: 'r1',
      cs5Label: 'hash',
      cs5: row.hash,
      cs6Label: 'data',
      cs6: '{"policyRevision":"r1","rule":"a=b|c","why":"line\\nbreak\\\\"}',
    });
    expect(toCef(row)).toContain('cs3=a\\=b|c ');
  });

  it('is one line whose values read as they were, whatever they hold', () => {
    fc.assert(
      fc.property(anyRow, (row) => {
        const line = toCef(row);
        expect(line).not.toMatch(/[\r\n]/);
        const { extension } = readCef(line);
        expect(extension['suser']).toBe(row.actor);
        expect(extension['cs2']).toBe(row.target);
        expect(JSON.parse(extension['cs6']!)).toEqual(row.data);
      }),
    );
  });

  it('cuts data that is longer than a field may be, at a whole character', () => {
    const { extension } = readCef(toCef(rowOf({ data: { text: '€'.repeat(3000) } })));
    expect(extension['cs6']).toMatch(/^\{"text":"€+$/);
    expect(Buffer.byteLength(extension['cs6']!)).toBeGreaterThan(3990);
    expect(Buffer.byteLength(extension['cs6']!)).toBeLessThanOrEqual(4000);
  });
});

describe('OCSF', () => {
  const event = (row: AuditRow) => JSON.parse(toOcsf(row)) as Record<string, unknown>;

  // The required attributes of the classes and of the objects in them, from ocsf/ocsf-schema 1.2.0.
  it.each(auditKinds)('has every required attribute for an entry of kind %s', (kind) => {
    const row = rowOf({ kind });
    const { class_uid, activity_id, ...rest } = event(row);
    expect(class_uid === 6003 || class_uid === 3004).toBe(true);
    expect(rest).toMatchObject({
      category_uid: class_uid === 6003 ? 6 : 3,
      type_uid: Number(class_uid) * 100 + Number(activity_id),
      time: Date.parse(row.at),
      severity_id: expect.any(Number) as number,
      metadata: {
        version: '1.2.0',
        product: { name: 'Mendloop', vendor_name: 'Mendloop' },
        uid: row.key,
        sequence: 1,
        correlation_uid: row.remediationId,
      },
      actor: { app_name: 'mendloop', user: { name: 'mendloop' } },
      unmapped: { data: row.data, hash: row.hash, prevHash: row.prevHash },
    });
    if (class_uid === 6003) {
      expect(rest).toMatchObject({
        api: { operation: 'scale' },
        src_endpoint: { name: 'mendloop' },
        resources: [{ name: row.target }],
      });
    } else {
      expect(rest).toMatchObject({ entity: { type: expect.any(String) as string, uid: row.remediationId } });
    }
  });

  it('tells what failed from what was done', () => {
    expect(event(rowOf({ kind: 'effect_done' }))).toMatchObject({ status_id: 1, status: 'Success', activity_id: 3 });
    expect(event(rowOf({ kind: 'effect_failed' }))).toMatchObject({ status_id: 2, status: 'Failure', activity_id: 3 });
    expect(event(rowOf({ kind: 'effect_intended' }))).not.toHaveProperty('status_id');
  });
});

describe('OTLP', () => {
  it('is what the protocol says in JSON', () => {
    const row = rowOf({ at: '2026-08-01T14:00:00.123456789+02:00' });
    expect(toOtlpLogs([row], { 'service.name': 'mendloop' })).toEqual({
      resourceLogs: [
        {
          resource: { attributes: [{ key: 'service.name', value: { stringValue: 'mendloop' } }] },
          scopeLogs: [
            {
              scope: { name: 'mendloop.audit' },
              logRecords: [
                {
                  timeUnixNano: `${Date.parse('2026-08-01T12:00:00Z') / 1000}123456789`,
                  observedTimeUnixNano: `${Date.parse('2026-08-01T12:00:00Z') / 1000}000001000`,
                  severityNumber: 10,
                  severityText: 'INFO2',
                  eventName: 'mendloop.audit.effect_done',
                  body: { stringValue: toJsonLine(row) },
                  attributes: [
                    { key: 'mendloop.audit.seq', value: { intValue: '1' } },
                    { key: 'mendloop.audit.key', value: { stringValue: row.key } },
                    { key: 'mendloop.audit.kind', value: { stringValue: 'effect_done' } },
                    { key: 'mendloop.audit.actor', value: { stringValue: 'mendloop' } },
                    { key: 'mendloop.audit.hash', value: { stringValue: row.hash } },
                    { key: 'mendloop.audit.prev_hash', value: { stringValue: row.prevHash } },
                    { key: 'mendloop.remediation.id', value: { stringValue: row.remediationId } },
                    { key: 'mendloop.target', value: { stringValue: row.target } },
                  ],
                },
              ],
            },
          ],
        },
      ],
    });
  });
});

describe('syslog', () => {
  const options = { hostname: 'host-1', enterpriseId: 32_473, message: 'the message' };

  it('is a message of RFC 5424', () => {
    const row = rowOf({ actor: 'a"b\\c]d\ne', kind: 'effect_failed' });
    expect(toSyslog(row, options)).toBe(
      `<108>1 ${row.recordedAt} host-1 mendloop - effect_failed [mendloop@32473 seq="1" kind="effect_failed" ` +
        `actor="a\\"b\\\\c\\]d e" remediationId="${row.remediationId!}" target="${row.target!}" hash="${row.hash}"] the message`,
    );
  });

  it('has a header in ASCII without blanks, whatever the host is called', () => {
    expect(toSyslog(rowOf(), { ...options, hostname: 'hö st\n' })).toMatch(/^<\d+>1 \S+ hst mendloop - effect_done \[/);
    expect(toSyslog(rowOf(), { ...options, hostname: 'ö' })).toMatch(/^<\d+>1 \S+ - mendloop /);
  });

  it('counts octets, not characters', () => {
    expect(Buffer.from(toSyslogFrame('Größe 😀')).toString()).toBe('12 Größe 😀');
  });

  it('carries JSON in ASCII that reads as the same value', () => {
    fc.assert(
      fc.property(anyRow, (row) => {
        const json = formatRow(row, 'jsonl');
        expect(asciiJson(json)).toMatch(/^[\x20-\x7e]*$/);
        expect(JSON.parse(asciiJson(json))).toEqual(JSON.parse(json));
      }),
    );
  });
});
