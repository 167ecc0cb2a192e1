import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../../src/local/package-root.ts';
import config from '../../../vitest.config.ts';

const root = packageRoot();

interface Project {
  readonly test: { readonly name: string; readonly include: readonly string[] };
}

const projects = (config.test?.projects ?? []) as unknown as readonly Project[];
const filesOf = ({ test }: Project) => test.include.flatMap((pattern) => globSync(pattern, { cwd: root }));

/** Whether a source makes tests; those that only help to make them are called by one that does. */
function makesTests(file: string): boolean {
  return /^(?:describe|it|test)(?:\.[a-z]+(?:\([^\n]*\))?)*\(/m.test(readFileSync(join(root, file), 'utf8'));
}

describe('every file with tests', () => {
  const all = globSync('test/**/*.{ts,js,mjs}', { cwd: root });
  const withTests = all.filter(makesTests);

  it('is found', () => {
    expect(withTests.length).toBeGreaterThan(200);
  });

  it('is in one project, which runs it', () => {
    const times = new Map(withTests.map((file) => [file, 0]));
    for (const file of projects.flatMap(filesOf)) times.set(file, (times.get(file) ?? 0) + 1);
    expect([...times].filter(([, count]) => count !== 1)).toEqual([]);
  });

  it('runs whatever tools there are: what a test needs is made ready, not skipped', () => {
    const skipping = withTests.filter((file) =>
      /\.(?:skipIf|runIf|skip|todo)\b/.test(
        readFileSync(join(root, file), 'utf8').replaceAll(/'[^'\n]*'|\/[^\n]*\//g, ''),
      ),
    );
    expect(skipping).toEqual([]);
  });
});
