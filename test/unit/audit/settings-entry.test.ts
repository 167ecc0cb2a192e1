import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/domain/audit/canonical-json.ts';
import { changedKeys, policyEntry, settingsEntry } from '../../../src/domain/audit/settings-entry.ts';

const process = { part: 'worker', host: 'node-7', pid: 12, user: 'mendloop', version: '0.1.0' };
const at = '2026-08-01T12:00:00.000Z';

describe('settings in the audit log', () => {
  it.each<[string, JsonObject, JsonObject, string[]]>([
    ['nothing', { a: 1, b: { c: [1] } }, { b: { c: [1] }, a: 1 }, []],
    ['a value', { guards: { maxConcurrent: 5 } }, { guards: { maxConcurrent: 50 } }, ['guards.maxConcurrent']],
    ['a list', { a: { b: [1, 2] } }, { a: { b: [2, 1] } }, ['a.b']],
    ['what came and what went', { a: { b: 1 } }, { a: { c: 1 }, d: {} }, ['a.b', 'a.c', 'd']],
    ['a hostile key', JSON.parse('{"__proto__": 1}') as JsonObject, {}, ['__proto__']],
  ])('say what changed: %s', (_, before, after, changed) => {
    expect(changedKeys(before, after)).toEqual(changed);
  });

  it('say who runs with what, and what the last one of the part ran with', () => {
    const first = settingsEntry({ process, at, settings: { a: 1 }, revision: 'one' });
    expect(first).toMatchObject({ kind: 'config', actor: 'mendloop@node-7', data: { revision: 'one', changed: [] } });
    const later = settingsEntry({ process, at, settings: { a: 2 }, revision: 'two', before: first.data });
    expect(later.data).toMatchObject({ revision: 'two', previousRevision: 'one', changed: ['a'] });
  });

  it('bound what they list', () => {
    const many = (value: number) => Object.fromEntries(Array.from({ length: 150 }, (_, n) => [`key-${n}`, value]));
    const before = { settings: many(1), revision: 'one' };
    const { data } = settingsEntry({ process, at, settings: many(2), revision: 'two', before });
    expect(data['changed']).toHaveLength(100);
    expect(data['furtherChanges']).toBe(50);
  });
});

it.each([
  ['loaded', {}],
  ['reloaded', { previousRevision: 'r1' }],
  ['refused', { previousRevision: 'r1', refused: 'it does not compile' }],
])('a policy is %s, by whom, and which it is', (event, more) => {
  const entry = policyEntry({ process, at, id: '1', source: '/policy.tar.gz', revision: 'r2', ...more });
  expect(entry).toMatchObject({ kind: 'policy', actor: 'mendloop@node-7', data: { event, revision: 'r2', ...more } });
});
