import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { PRECONDITION_KINDS } from '../../../src/domain/precondition/precondition.ts';
import { summaryOf } from '../../../src/domain/precondition/rules.ts';
import { packageRoot } from '../../../src/local/package-root.ts';

it('docs/policy.md tells of every precondition, word for word, and of no other', () => {
  const page = readFileSync(join(packageRoot(), 'docs', 'policy.md'), 'utf8');
  const [, table = ''] = page.split(/^\| precondition .*$/m);
  const [rows = ''] = table.split('\n\n');
  const told = [...rows.matchAll(/^\| `(\w+)` *\| (.*?) *\|/gm)].map(([, kind, text]) => [kind, text]);
  expect(told).toEqual(PRECONDITION_KINDS.map((kind) => [kind, summaryOf(kind)]));
});
