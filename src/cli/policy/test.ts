import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { IGNORE_HIDDEN } from '../../clients/policy/build-arguments.ts';
import { ensureServers, terminalProgress } from '../../local/index.ts';
import { policySources } from './sources.ts';

export interface TestCommandOptions {
  readonly run?: string;
  readonly verbose?: boolean;
  readonly alone?: boolean;
}

/** Runs `opa test` on the folders, with its output and its exit code, by the OPA that the other commands use too. */
export async function testCommand(folders: readonly string[], options: TestCommandOptions): Promise<void> {
  const { all } = await policySources(folders, options.alone);
  const { opa } = await ensureServers(['opa'], { progress: terminalProgress() });
  const args = [
    'test',
    // Its own five seconds for a test are few on a machine that does other work.
    ...['--timeout', '120s'],
    ...IGNORE_HIDDEN,
    ...(options.verbose === true ? ['--verbose'] : []),
    ...(options.run === undefined ? [] : ['--run', options.run]),
    ...all,
  ];
  const tests = spawn(opa.path, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  const [exitCode] = (await once(tests, 'exit')) as [number | null];
  process.exitCode = exitCode ?? 1;
}
