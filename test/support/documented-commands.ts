import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/local/package-root.ts';

/** A block of code in a page, with the comment just before it, if there is one. */
export interface CodeBlock {
  readonly page: string;
  /** Of the block's first line, counted from 1. */
  readonly line: number;
  /** As `sh`; empty where the fence says nothing. */
  readonly language: string;
  readonly text: string;
  /** `tested by FILE`, or `not run: REASON`. */
  readonly mark: string | undefined;
}

/** Pages that people read; what is generated with its commands is held to what it comes from. */
export const PAGES = globSync(
  ['README.md', 'CONTRIBUTING.md', 'docs/*.md', 'temporal/*.md', 'bench/*.md', 'examples/**/*.md'],
  {
    cwd: packageRoot(),
  },
).toSorted();

const FENCE =
  /^(?: *<!-- (?<mark>(?:tested by|not run:) [^\n]*) -->\n\n)?(?<indent> *)```(?<language>\w*)\n(?<text>[\s\S]*?)^\k<indent>```$/gm;

export function codeBlocks(page: string): CodeBlock[] {
  const source = readFileSync(join(packageRoot(), page), 'utf8');
  return [...source.matchAll(FENCE)].map(({ index, groups }) => ({
    ...{ page, line: source.slice(0, index).split('\n').length },
    language: groups?.['language'] ?? '',
    text: groups?.['text'] ?? '',
    mark: groups?.['mark'],
  }));
}

const SHELL = ['sh', 'bash', 'console'];

export const isShell = ({ language }: CodeBlock): boolean => SHELL.includes(language);

/** The blocks of a page whose mark names this test, in their order: what it has to run. Throws if there is none. */
export function blocksTestedBy(file: string, page: string): CodeBlock[] {
  const blocks = codeBlocks(page).filter(({ mark }) => mark === `tested by ${file}`);
  if (blocks.length === 0) throw new Error(`${page} has no block that is tested by ${file}`);
  return blocks;
}
