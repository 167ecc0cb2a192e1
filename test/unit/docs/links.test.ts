import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../../src/local/package-root.ts';

const root = packageRoot();
const pages = globSync('**/*.md', { cwd: root, exclude: ['node_modules', 'docs/node_modules', 'dist', '.git'] });

/** Targets of the links to files of this project: no addresses, and no places within the page itself. */
function fileLinks(text: string): string[] {
  const prose = text.replaceAll(/```[\s\S]*?```/g, '').replaceAll(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = '']) => {
    const [path = ''] = target.split('#');
    return path === '' || /^[a-z]+:/.test(path) ? [] : [path];
  });
}

describe('the documents', () => {
  it('are found', () => {
    expect(pages).toContain('README.md');
    expect(fileLinks(readFileSync(join(root, 'README.md'), 'utf8'))).not.toHaveLength(0);
  });

  it.each(pages)('%s links only to what is there', (page) => {
    const links = fileLinks(readFileSync(join(root, page), 'utf8'));
    const dead = links.filter((path) => !existsSync(join(root, dirname(page), path)));
    expect(dead).toEqual([]);
  });
});
