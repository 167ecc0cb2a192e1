import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../../src/local/package-root.ts';

const root = packageRoot();

interface Quoted {
  readonly file: string;
  readonly title: string;
}

/** `[name](../test/x.test.ts): title; another title; [name](../test/y.test.ts): title`, in a cell of a table. */
function quotedTests(page: string): Quoted[] {
  return [...page.matchAll(/\]\(\.\.\/(test\/[^)]+\.test\.ts)\): ([^|]*?)(?=; \[| *\|)/g)].flatMap(
    ([, file = '', titles = '']) => titles.split('; ').map((title) => ({ file, title: title.trim() })),
  );
}

/** Titles of the suites and tests of a file, as they are written. */
function titlesOf(file: string): string[] {
  const source = readFileSync(join(root, file), 'utf8');
  return [...source.matchAll(/\b(?:describe|it|test)\b[^'"`\n]*(?:\n\s*)?\(\s*(['"`])(.*?)(?<!\\)\1/g)].map(
    ([, , title = '']) => title.replaceAll(/\\(['"`])/g, '$1'),
  );
}

const guarantees = quotedTests(readFileSync(join(root, 'docs', 'guarantees.md'), 'utf8'));

describe('a test that the page of guarantees quotes', () => {
  it('is one for each guarantee, at least', () => {
    expect(guarantees.length).toBeGreaterThanOrEqual(10);
  });

  it.each(guarantees)('$file: $title', ({ file, title }) => {
    // A title may go on behind a comma with what no reader of the page needs.
    expect(titlesOf(file).filter((whole) => whole === title || whole.startsWith(`${title},`))).not.toEqual([]);
  });
});
