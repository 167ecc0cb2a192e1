import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../../../src/local/process/run-command.ts';
import { packageRoot } from '../../../src/local/package-root.ts';
import type { Progress, ProgressTask } from '../../../src/local/progress.ts';
import { cacheDir } from '../../../src/local/servers/cache-dir.ts';
import { withLock } from '../../../src/local/servers/prepare-lock.ts';
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
  readonly osRelease: string;
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
  const machine = await machineOf(options);
  const found = findChromium(machine);
  if (found !== undefined) return found;
  return await withLock(
    join(cacheDir(machine.env), 'chromium.lock'),
    async () => {
      // Whoever held the lock before may have installed it.
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

async function machineOf(options: Omit<EnsureChromiumOptions, 'progress'>): Promise<Machine> {
  return {
    env: options.env ?? process.env,
    places: options.places,
    isRoot: options.isRoot ?? process.getuid?.() === 0,
    osRelease: options.osRelease ?? (await readFile('/etc/os-release', 'utf8').catch(() => '')),
    playwright: options.playwright ?? join(packageRoot(), 'node_modules', 'playwright-core', 'cli.js'),
    signal: options.signal,
  };
}

async function fromDebian(machine: Machine, task: ProgressTask): Promise<string> {
  const { env, isRoot, osRelease } = machine;
  if (!/^ID(_LIKE)?=.*\bdebian\b/m.test(osRelease)) throw new SourceFailed('not a Debian-like system');
  if (!isRoot) throw new SourceFailed('only root may install packages');
  const options = { ...env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' };
  // Fonts are only recommended by it, and without any every text is a row of boxes.
  const install = ['install', '-y', '-q', '--no-install-recommends', 'chromium', 'fonts-liberation'];
  const apt = (args: readonly string[]) =>
    run(machine, { command: 'apt-get', args: ['-o', 'DPkg::Lock::Timeout=300', ...args], env: options, task });
  try {
    task.update("installing Debian's package");
    await apt(install);
  } catch (error) {
    if (!(error instanceof SourceFailed)) throw error;
    task.update("reading Debian's package lists");
    // One unreachable source among several is no obstacle if another has the package; the installation tells.
    await apt(['update', '-q']).catch((problem: unknown) => {
      if (!(problem instanceof SourceFailed)) throw problem;
    });
    task.update("installing Debian's package");
    await apt(install);
  }
  const found = findChromium(machine);
  if (found === undefined) throw new SourceFailed('its package holds no program of a known name');
  return found;
}

async function fromPlaywright(machine: Machine, task: ProgressTask): Promise<string> {
  const { playwright } = machine;
  // In our own cache, not in the home folder of whoever runs the tests.
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
