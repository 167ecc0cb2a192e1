import { join } from 'node:path';
import { runCommand } from '../../../src/local/process/run-command.ts';
import { packageRoot } from '../../../src/local/package-root.ts';
import type { Progress, ProgressTask } from '../../../src/local/progress.ts';
import { installPackages } from '../../../src/local/servers/apt.ts';
import { cacheDir } from '../../../src/local/servers/cache-dir.ts';
import { withLock } from '../../../src/local/process/file-lock.ts';
import { isProgram, SourceFailed } from '../../../src/local/servers/server-binary.ts';
import { findChromium } from './find-chromium.ts';

export interface EnsureChromiumOptions {
  readonly progress: Progress;
  readonly signal?: AbortSignal | undefined;
  /** What follows stands in for this machine in tests. */
  readonly env?: NodeJS.ProcessEnv;
  readonly places?: readonly string[];
  readonly isRoot?: boolean;
  readonly osRelease?: string;
  /** The script of Playwright's own command. */
  readonly playwright?: string;
}

/** No Chromium is to be had here. The message names what was tried, why it failed and what to install. */
export class ChromiumUnavailable extends Error {
  override readonly name = 'ChromiumUnavailable';
}

interface Machine {
  readonly env: NodeJS.ProcessEnv;
  readonly places: readonly string[] | undefined;
  readonly isRoot: boolean;
  readonly osRelease: string | undefined;
  readonly playwright: string;
  readonly signal: AbortSignal | undefined;
}

type Way = readonly [name: string, acquire: (machine: Machine, task: ProgressTask) => Promise<string>];

const WAYS: readonly Way[] = [
  ['Debian', fromDebian],
  ['Playwright', fromPlaywright],
];

/**
 * The path of a Chromium for tests of pages: one that is installed, else Debian's package where this process may install
 * it (unlike a server it cannot be run unpacked: it needs some hundred libraries), else Playwright's own download.
 *
 * @throws ChromiumUnavailable
 */
export async function ensureChromium({ progress, ...options }: EnsureChromiumOptions): Promise<string> {
  const machine = machineOf(options);
  const found = findChromium(machine);
  if (found !== undefined) return found;
  return await withLock(
    join(cacheDir(machine.env), 'chromium.lock'),
    async () => {
      // The process that held the lock before may have installed it.
      const there = findChromium(machine);
      if (there !== undefined) return there;
      const problems = ['PATH        none of the names under which it is installed'];
      for (const [name, acquire] of WAYS) {
        const task = progress.start('chromium');
        try {
          const path = await acquire(machine, task);
          task.done(`is ready, from ${name}`);
          return path;
        } catch (error) {
          task.done();
          if (!(error instanceof SourceFailed)) throw error;
          problems.push(`${name.padEnd(11)} ${error.message.replaceAll('\n', '\n              ')}`);
        }
      }
      throw new ChromiumUnavailable(
        [
          'Chromium could not be had, tried in this order:',
          ...problems.map((problem) => `  ${problem}`),
          'What helps: install the package chromium (Debian and Ubuntu: sudo apt-get install chromium), or Google Chrome.',
        ].join('\n'),
      );
    },
    { signal: options.signal },
  );
}

function machineOf(options: Omit<EnsureChromiumOptions, 'progress'>): Machine {
  return {
    env: options.env ?? process.env,
    places: options.places,
    isRoot: options.isRoot ?? process.getuid?.() === 0,
    osRelease: options.osRelease,
    playwright: options.playwright ?? join(packageRoot(), 'node_modules', 'playwright-core', 'cli.js'),
    signal: options.signal,
  };
}

async function fromDebian(machine: Machine, task: ProgressTask): Promise<string> {
  if (!machine.isRoot) throw new SourceFailed('only root may install packages');
  // Fonts are only recommended by it, and without any every text is a row of boxes.
  await installPackages({ ...machine, task }, ['chromium', 'fonts-liberation']);
  const found = findChromium(machine);
  if (found === undefined) throw new SourceFailed('its package holds no program of a known name');
  return found;
}

async function fromPlaywright(machine: Machine, task: ProgressTask): Promise<string> {
  const { playwright } = machine;
  // In our own cache, not in the home folder of the developer.
  const env = { ...machine.env, PLAYWRIGHT_BROWSERS_PATH: join(cacheDir(machine.env), 'browsers') };
  task.update('downloading');
  await run(machine, { command: process.execPath, args: [playwright, 'install', 'chromium'], env, task });
  const ask = `process.stdout.write(require(${JSON.stringify(join(playwright, '..'))}).chromium.executablePath())`;
  const path = await run(machine, { command: process.execPath, args: ['-e', ask], env, task });
  if (!isProgram(path)) throw new SourceFailed('its download holds no program');
  return path;
}

async function run(
  { signal }: Machine,
  { task, ...command }: { command: string; args: readonly string[]; env: NodeJS.ProcessEnv; task: ProgressTask },
): Promise<string> {
  try {
    const onLine = (line: string) => task.update(line.slice(0, 80));
    return await runCommand({ ...command, signal, onLine, timeoutMs: 600_000 });
  } catch (error) {
    signal?.throwIfAborted();
    throw new SourceFailed(error instanceof Error ? error.message : String(error));
  }
}
