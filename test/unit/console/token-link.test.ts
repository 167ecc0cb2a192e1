import { expect, it } from 'vitest';
import { tokenOf } from '../../../src/console/app/token-link.ts';

const token = 'kX2-_abcdefghijklmnopqrstuvwxyz0123456789ABC';

it('the console reads the token of the link that a start prints, and of nothing else', () => {
  expect(tokenOf(`#token=${token}`)).toBe(token);
  for (const hash of [
    '',
    '#/',
    '#/history?q=token',
    '#token=',
    '#token=short',
    `#token=${token}/x`,
    `#/token=${token}`,
  ]) {
    expect(tokenOf(hash)).toBeUndefined();
  }
});
