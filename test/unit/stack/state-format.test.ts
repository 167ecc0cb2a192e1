import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claimState, StateRefused } from '../../../src/local/state-format.ts';

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'mendloop-state-'));
});
afterEach(() => {
  rmSync(state, { recursive: true, force: true });
});

const here = { mendloop: '1.4.2', temporal: '1.9.1' };
const file = () => join(state, 'written-by.json');
const write = (content: object | string) => {
  writeFileSync(file(), typeof content === 'string' ? content : JSON.stringify(content));
};
const claim = () => {
  claimState(state, here);
};

it('an empty folder is taken, and says from then on who wrote it', () => {
  claim();
  expect(JSON.parse(readFileSync(file(), 'utf8'))).toEqual({ format: 1, ...here });
  claim();
  expect(readdirSync(state)).toEqual(['written-by.json']);
});

it.each([
  ['the same version', here],
  ['an older one', { mendloop: '1.2.0', temporal: '1.5.1' }],
  ['a newer patch', { mendloop: '1.4.9', temporal: '1.9.7' }],
])('a folder of %s is taken', (_what, writer) => {
  write({ format: 1, ...writer });
  claim();
  expect(JSON.parse(readFileSync(file(), 'utf8'))).toEqual({ format: 1, ...here });
});

describe('nothing is changed, and advice given, for a folder', () => {
  it.each([
    ['of another format', { format: 2, ...here }, 'in format 2, and this version has 1'],
    ['of a newer Mendloop', { format: 1, mendloop: '1.5.0', temporal: '1.9.1' }, 'by Mendloop 1.5.0, newer than 1.4.2'],
    ['of a newer Temporal', { format: 1, mendloop: '1.4.2', temporal: '2.0.0' }, 'by Temporal 2.0.0, newer than 1.9.1'],
    ['of a version that is none', { format: 1, mendloop: 'next', temporal: '1.9.1' }, 'by Mendloop next'],
    ['whose note is broken', '{"format": 1', 'cannot be read'],
    ['whose note lacks something', { format: 1 }, 'cannot be read'],
  ])('%s', (_what, content, words) => {
    write(content);
    const before = readFileSync(file(), 'utf8');
    expect(claim).toThrow(StateRefused);
    expect(claim).toThrow(words);
    expect(claim).toThrow('docs/install.md#back-up-and-restore');
    expect(readFileSync(file(), 'utf8')).toBe(before);
    expect(readdirSync(state)).toEqual(['written-by.json']);
  });

  it.each(['temporal.db', 'audit'])('that has a %s of nobody knows which version', (name) => {
    writeFileSync(join(state, name), '');
    expect(claim).toThrow(`has a ${name}, and nothing says which version wrote it`);
    expect(readdirSync(state)).toEqual([name]);
  });
});
