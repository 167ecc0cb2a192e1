import { execFile } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/local/package-root.ts';

const root = packageRoot();
const site = join(root, 'dist', 'site');

describe('make docs', () => {
  let said: string;

  beforeAll(async () => {
    const { stdout, stderr } = await promisify(execFile)('make', ['docs'], { cwd: root });
    said = stdout + stderr;
  });

  it('builds every page, and no link is dead', () => {
    expect(said).toContain('build complete');
    const pages = globSync('**/*.md', { cwd: join(root, 'docs'), exclude: ['node_modules'] });
    expect(pages.length).toBeGreaterThan(40);
    expect(pages.filter((page) => !existsSync(join(site, page.replace(/\.md$/, '.html'))))).toEqual([]);
  });

  it('has pages that name one another, and what is outside by its name alone', () => {
    const page = readFileSync(join(site, 'receivers.html'), 'utf8');
    expect(page).toContain('href="/confirm"');
    expect(page).not.toMatch(/href="[^"]*observability\/alertmanager/);
    expect(page).toContain('receiver.yml');
  });

  it('has an index to search in, of its own', () => {
    const [index = ''] = globSync('assets/chunks/@localSearchIndexroot.*.js', { cwd: site });
    const text = readFileSync(join(site, index), 'utf8');
    expect(Number(/"documentCount":(\d+)/.exec(text)?.[1])).toBeGreaterThan(200);
    expect(text.includes('neighbour')).toBe(true);
  });
});
