import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isNestedAtMost } from '../../../src/api/http/json-depth.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

describe('isNestedAtMost', () => {
  it('agrees with what a parser finds', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), (value) => {
        const json = bytes(JSON.stringify([value], null, 2));
        expect(isNestedAtMost(json, depthOf([value]))).toBe(true);
        expect(isNestedAtMost(json, depthOf([value]) - 1)).toBe(false);
      }),
    );
  });

  it.each(['"[[[["', '"\\"[[[["', '"\\\\"', '["\\\\","[[[["]', '[[],[],[],[]]'])('reads %s as JSON does', (json) => {
    expect(isNestedAtMost(bytes(json), 2)).toBe(true);
  });

  it('ends early', () => {
    expect(isNestedAtMost(bytes('['.repeat(1000)), 64)).toBe(false);
  });
});
