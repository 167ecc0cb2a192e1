import { describe, expect, it } from 'vitest';
import { mergeData } from '../../../examples/flash-sale/platform/merge-data.ts';

describe('mergeData', () => {
  it('merges objects key by key and replaces everything else', () => {
    const base = { services: { a: { window: '1m', list: [1, 2] }, b: { window: '1m' } }, kept: true };
    const overlay = { services: { a: { window: '5s', list: [3] } }, added: null };
    expect(mergeData(base, overlay)).toEqual({
      services: { a: { window: '5s', list: [3] }, b: { window: '1m' } },
      kept: true,
      added: null,
    });
  });

  it('leaves what it is given as it was', () => {
    const base = { inner: { value: 1 } };
    mergeData(base, { inner: { value: 2 } });
    expect(base).toEqual({ inner: { value: 1 } });
  });
});
