import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { beyondLimits, type ShapeLimits } from '../../../src/api/http/json-shape.ts';
import { aWebhook, startApi, wireAlert } from './api-harness.ts';
import { startPeopleApi } from './people-harness.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const NONE = { depth: Infinity, keys: Infinity, parts: Infinity };
const beyond = (text: string, limits: Partial<ShapeLimits>) => beyondLimits(bytes(text), { ...NONE, ...limits });

function shapeOf(value: unknown): ShapeLimits {
  if (typeof value !== 'object' || value === null) return { depth: 0, keys: 0, parts: 0 };
  const own = Array.isArray(value) ? 0 : Object.keys(value).length;
  const inner = Object.values(value).map(shapeOf);
  return {
    depth: 1 + Math.max(0, ...inner.map(({ depth }) => depth)),
    keys: Math.max(own, ...inner.map(({ keys }) => keys)),
    parts: 1 + own + inner.reduce((sum, { parts }) => sum + parts, 0),
  };
}

describe('beyondLimits', () => {
  it('agrees with what a parser finds', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), (value) => {
        const json = JSON.stringify([value], null, 2);
        const shape = shapeOf([value]);
        expect(beyond(json, shape)).toBeUndefined();
        for (const limit of ['depth', 'keys', 'parts'] as const) {
          if (shape[limit] > 0) expect(beyond(json, { [limit]: shape[limit] - 1 })).toBe(limit);
        }
      }),
    );
  });

  it.each(['"[[[["', '"\\"[[[["', '"\\\\"', '["\\\\","[[[["]', '[[],[],[],[]]'])('reads %s as JSON does', (json) => {
    expect(beyond(json, { depth: 2, keys: 0 })).toBeUndefined();
  });

  it('is not led astray by what is no JSON', () => {
    expect(beyond(`${']'.repeat(100)}${'['.repeat(100)}`, { depth: 64 })).toBe('depth');
  });
});

const MIB = 1024 * 1024;
/** As much of a text as fits into 5 MiB. */
const often = (text: string, before = '', after = '') =>
  `${before}${text.repeat(Math.floor((5 * MIB - before.length - after.length) / text.length))}${after}`;
const keys = (count: number) => Array.from({ length: count }, (_, n) => `"k${n}":1`).join(',');

describe('the webhook refuses before it parses', () => {
  it.each([
    ['brackets', often('['), 'json-too-deep'],
    ['brackets with space between', often('[ \n'), 'json-too-deep'],
    ['objects in objects', often('{"a":'), 'json-too-deep'],
    ['lists in an alert', often('[', '{"version":"4","alerts":[{"labels":'), 'json-too-deep'],
    ['behind a string full of quotes', often('[', '{"a":"\\"\\\\\\"","b":'), 'json-too-deep'],
    ['many lists', often('[],', '[', '[]]'), 'json-too-wide'],
    ['many lists within the depth', often(`${'['.repeat(60)}${']'.repeat(60)},`, '[', '0]'), 'json-too-wide'],
    ['one object of keys', `{${keys(400_000)}}`, 'json-too-wide'],
    ['labels without end', `{"alerts":[{"labels":{${keys(300_000)}}}]}`, 'json-too-wide'],
    ['objects of keys', often(`{${keys(9_000)}},`, '[', '0]'), 'json-too-wide'],
  ])('%s', async (_what, body, kind) => {
    const api = await startApi();
    const answer = await api.post(body);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ type: `urn:mendloop:problem:${kind}` });
    expect((await api.post(aWebhook([wireAlert()]))).status).toBe(200);
  });
});

it('every door of the API that takes JSON refuses the same', async () => {
  const api = await startPeopleApi();
  const { id } = api.remediations.waiting();
  const of = `/remediations/${encodeURIComponent(id)}`;
  const doors = [
    `${of}/approve`,
    `${of}/reject`,
    `${of}/undo`,
    '/guards/pause',
    '/guards/resume',
    '/guards/targets/reset',
  ];
  for (const door of doors) {
    for (const body of ['['.repeat(60_000), `{"reason":${'{"a":'.repeat(10_000)}`, `[${'[],'.repeat(20_000)}[]]`]) {
      const answer = await api.ask(door, { body });
      expect([door, answer.status]).toEqual([door, 400]);
      expect(JSON.stringify(await answer.json())).toMatch(/json-too-(deep|wide)/);
    }
  }
  expect([api.remediations.votes, api.remediations.undone, api.guards.orders]).toEqual([[], [], []]);
});
