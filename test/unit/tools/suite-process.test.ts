import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { packageRoot } from '../../../src/local/package-root.ts';

const MODULE = join(packageRoot(), 'tools', 'suite-process.ts');

it('a suite prints nothing of its own while it runs, and what it has printed is kept', async () => {
  const program = 'console.log("one"); console.error("two"); process.exitCode = 3';
  const code = `
    const { runSuite } = await import(${JSON.stringify(MODULE)});
    const told = [];
    const result = await runSuite({
      command: [process.execPath, '-e', ${JSON.stringify(program)}],
      cwd: '.',
      onOutput: (output) => told.push(output),
    });
    console.log(JSON.stringify({ ...result, told }));`;
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', code]);
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual({ exitCode: 3, output: 'one\n', errors: 'two\n', told: ['one\n'] });
});
