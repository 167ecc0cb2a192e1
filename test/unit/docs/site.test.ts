import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { PAGES as PLACES } from '../../../docs/.vitepress/pages.ts';
import { createProgram } from '../../../src/cli/program.ts';
import { packageRoot } from '../../../src/local/package-root.ts';
import { renderPages } from '../../../tools/docs/render-pages.ts';
import { codeBlocks, isShell, PAGES } from '../../support/documented-commands.ts';

const root = packageRoot();

describe('the site', () => {
  it('has every page once, by what its reader is after', () => {
    const pages = globSync('*.md', { cwd: join(root, 'docs') }).map((name) => name.slice(0, -'.md'.length));
    const placed = Object.values(PLACES).flat();
    expect([...placed, 'index'].toSorted()).toEqual(pages.toSorted());
  });

  it('has the pages that come from the code as the code is now: node tools/docs/generate.ts', async () => {
    for (const [page, text] of Object.entries(await renderPages(root))) {
      expect(readFileSync(join(root, page), 'utf8'), page).toBe(text);
    }
  });
});

describe.each(PAGES)('the code in %s', (page) => {
  const blocks = codeBlocks(page);

  it('says in which language it is', () => {
    expect(blocks.filter(({ language }) => language === '').map(({ line }) => line)).toEqual([]);
  });

  it('is run by a test, where it is commands, or says why not', () => {
    const unmarked = blocks.filter((block) => isShell(block) && block.mark === undefined);
    expect(unmarked.map(({ line, text }) => `${page}:${line} ${text}`)).toEqual([]);
    for (const { mark = '' } of blocks) {
      const file = /^tested by (\S+)/.exec(mark)?.[1];
      if (file !== undefined) expect(existsSync(join(root, file)), file).toBe(true);
      else if (mark !== '') expect(mark).toMatch(/^not run: \w+(\W+\w+){2,}/);
    }
  });
});

describe('a command of Mendloop that a page names', async () => {
  const program = await createProgram(undefined);
  const typed = PAGES.flatMap((page) =>
    codeBlocks(page)
      .filter(isShell)
      .flatMap(({ line, text }) =>
        [
          ...text
            .replaceAll(/\\\n/g, ' ')
            .replaceAll(/\$\([^)]*\)/g, 'VALUE')
            .matchAll(/npx mendloop ([^\n|;)#]*)/g),
        ].map(([, words = '']) => ({
          where: `${page}:${line}`,
          words: words.trim().split(/\s+/),
        })),
      ),
  );

  it('is found', () => {
    expect(typed.length).toBeGreaterThan(20);
  });

  it.each(typed)('$where: mendloop $words', ({ words }) => {
    let command: Command = program;
    let rest = words;
    for (;;) {
      const child = command.commands.find((each) => each.name() === rest[0]);
      if (child === undefined) break;
      command = child;
      rest = rest.slice(1);
    }
    expect(command, `there is no command ${words.join(' ')}`).not.toBe(program);
    const options = rest.map((word) => /^\[?(--?[a-z][\w-]*)/.exec(word)?.[1]).filter((name) => name !== undefined);
    const known = [...command.options, ...command.parent!.options].flatMap(({ short, long }) => [short, long]);
    expect([...known, '--help', '-h']).toEqual(expect.arrayContaining(options));
  });
});
