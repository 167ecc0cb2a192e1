import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { COMMAND_NAMES } from '../../../src/cli/program.ts';
import { packageRoot } from '../../../src/local/package-root.ts';

const root = packageRoot();
/** What people read beside a checkout. Pages that are generated have the commands as their source has them. */
const pages = globSync(['README.md', 'docs/*.md', 'temporal/*.md', 'bench/*.md', 'examples/**/*.md'], {
  cwd: root,
  exclude: ['docs/cli.md', 'docs/settings.md'],
});

const typed = new RegExp(String.raw`(npx )?(?<![\w/.-])mendloop (${COMMAND_NAMES.join('|')})\b`, 'g');

it('the pages name commands', () => {
  const all = pages.map((page) => readFileSync(join(root, page), 'utf8')).join('\n');
  expect([...all.matchAll(typed)].length).toBeGreaterThan(40);
});

it.each(pages)('%s has commands as they are typed in a checkout: npx mendloop', (page) => {
  const found = [...readFileSync(join(root, page), 'utf8').matchAll(typed)];
  expect(found.filter(([, npx]) => npx === undefined).map(([text]) => text)).toEqual([]);
});
