import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../../src/domain/audit/audit-entry.ts';
import { readEntry, toAuditRow, toRecord } from '../../../src/domain/audit/audit-record.ts';
import type { JsonObject } from '../../../src/domain/audit/canonical-json.ts';
import { anEntry, LogBuilder } from './log-builder.ts';

const stored = (entry: AuditEntry) => readEntry(toRecord(entry).body)!;
const storedData = (data: JsonObject) => stored(anEntry({ data })).data;

describe('toRecord', () => {
  it('keeps what it is given', () => {
    const entry = anEntry();
    expect(stored(entry)).toEqual(entry);
    expect(toRecord(entry)).toMatchObject({ key: entry.key, kind: entry.kind, remediationId: entry.remediationId });
    const bare = { ...entry };
    delete (bare as { target?: string }).target;
    delete (bare as { remediationId?: string }).remediationId;
    expect(stored(bare)).toEqual(bare);
    expect(toRecord(bare).remediationId).toBeNull();
  });

  it('hides secrets, by their names at any depth and by their looks', () => {
    const data = {
      password: 'hunter2',
      nested: [{ apiKey: 'hunter2', credentials: { user: 'hunter2', pin: 4711, set: true } }],
      url: 'https://bob:hunter2@example.com/',
      'https://bob:hunter2@example.com/': 1,
      header: 'Authorization: Bearer hunter2.hunter2',
    };
    const body = JSON.stringify(stored(anEntry({ data, actor: 'https://a:hunter2@b', target: 'token=hunter2' })));
    expect(body).not.toContain('hunter2');
    expect(body).not.toContain('4711');
    expect(storedData(data)).toMatchObject({ password: '[redacted]', nested: [{ credentials: { set: true } }] });
  });

  it('takes labels as data, whatever they are called and hold', () => {
    const labels = JSON.parse(
      '{"__proto__":"x","constructor":"y","a\\u0000b":"nul\\u0000","b":"\\ud800"}',
    ) as JsonObject;
    const { data, actor } = stored(anEntry({ data: { labels }, actor: 'nul\u0000 \ud800' }));
    expect(Object.entries(data['labels'] as JsonObject).toSorted()).toEqual([
      ['__proto__', 'x'],
      ['a\u0000b', 'nul\u0000'],
      ['b', '\ufffd'],
      ['constructor', 'y'],
    ]);
    expect(actor).toBe('nul\ufffd \ufffd');
  });

  it('is bounded: long texts, many long texts, and depth are cut', () => {
    const long = storedData({ text: 'x'.repeat(100_000) })['text'] as string;
    expect(long).toMatch(/^x{8000,}… \[\d+ more characters\]$/);
    expect(long.length).toBeLessThanOrEqual(8192);
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`label${index}`, 'x'.repeat(10_000)]));
    const shorter = storedData(many);
    expect(Object.keys(shorter)).toHaveLength(100);
    expect(JSON.stringify(shorter).length).toBeLessThan(256 * 1024);
    const manyMore = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`label${index}`, 'x']));
    expect(storedData(manyMore)).toEqual({ omitted: expect.stringContaining('characters') as string });
    const deep: JsonObject = JSON.parse(`${'{"a":'.repeat(500)}1${'}'.repeat(500)}`) as JsonObject;
    expect(JSON.stringify(storedData({ deep }))).toContain('[too deep]');
  });

  it('does not change the key of an entry for its size, but refuses it', () => {
    expect(() => toRecord(anEntry({ key: 'k'.repeat(601) }))).toThrow(/key: longer than 600/);
  });

  it.each([
    ['key', { key: '' }],
    ['at', { at: 'yesterday' }],
    ['kind', { kind: 'hunter2' as 'config' }],
    ['data', { data: ['hunter2'] as unknown as JsonObject }],
    ['', { hunter3: 'hunter2' } as Partial<AuditEntry>],
  ])('names what is wrong with %s, and no value', (field, change) => {
    const attempt = () => toRecord(anEntry(change));
    expect(attempt).toThrow(expect.objectContaining({ type: 'Internal' }) as Error);
    expect(attempt).toThrow(new RegExp(`not an audit entry: ${field}`));
    expect(attempt).not.toThrow(/hunter2/);
  });

  it('makes of any data one text that reads as it was stored', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), (any) => {
        const record = toRecord(anEntry({ data: any as JsonObject }));
        expect(toRecord(readEntry(record.body)!)).toEqual(record);
      }),
    );
  });
});

describe('toAuditRow', () => {
  it('gives entry and place, and names a row that nobody of ours wrote', () => {
    const entry = anEntry();
    const [row] = new LogBuilder().append(entry).rows;
    const { seq, recordedAt, prevHash, hash } = row!;
    expect(toAuditRow(row!)).toEqual({ ...entry, seq, recordedAt, prevHash, hash });
    expect(() => toAuditRow({ ...row!, body: '{}' })).toThrow(
      expect.objectContaining({ type: 'AuditTampered', message: 'row 1 of the audit log is no entry' }) as Error,
    );
  });
});
