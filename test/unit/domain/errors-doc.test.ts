import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FAILURES } from '../../../src/domain/failures.ts';
import { packageRoot } from '../../../src/local/package-root.ts';

const text = readFileSync(join(packageRoot(), 'docs', 'errors.md'), 'utf8');

/** The rows of the table, whose first cell is a type in backticks. */
const rows = [...text.matchAll(/^\| *`(\w+)` *\|([^|\n]*)\|([^|\n]*)\|([^|\n]*)\|$/gm)].map(
  ([, type = '', retryable = '', meaning = '', advice = '']) => ({
    type,
    retryable: retryable.trim(),
    meaning: meaning.trim(),
    advice: advice.trim(),
  }),
);
const failures = Object.entries(FAILURES).map(([type, { retryable, meaning }]) => ({
  type,
  retryable: retryable ? 'yes' : 'no',
  meaning,
}));

describe('docs/errors.md', () => {
  it('lists every failure type of the code once, and no other', () => {
    expect(rows.map(({ type }) => type).toSorted()).toEqual(failures.map(({ type }) => type).toSorted());
  });

  it.each(failures)('tells of $type what the code says, and what a human does', ({ type, retryable, meaning }) => {
    const row = rows.find((candidate) => candidate.type === type);
    expect(row).toMatchObject({ retryable, meaning });
    expect(row?.advice).toMatch(/^[A-Z].{10,}\.$/);
  });

  it('has no row of the table that this test cannot read', () => {
    const lines = text.split('\n').filter((line) => /^\| *`/.test(line));
    expect(rows).toHaveLength(lines.length);
  });
});
