import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProgressTask } from '../progress.ts';
import { runCommand } from '../process/run-command.ts';
import { SourceFailed } from './server-binary.ts';

export interface DebianTree {
  /** What is wanted. */
  package: string;
  /** Which of the packages that it needs, and that this system lacks, are needed to run it. */
  needs: (name: string) => boolean;
  /** A new folder: becomes the root of the packages' files. */
  into: string;
  /** For lists and archives; may be deleted afterwards. */
  scratch: string;
  task: ProgressTask;
  signal?: AbortSignal | undefined;
  env: NodeJS.ProcessEnv;
}

/**
 * A distribution's package with what it needs, downloaded by apt (which verifies it) and extracted without being
 * installed: needs no privileges. Throws {@link SourceFailed} elsewhere than on Debian's kin.
 */
export async function extractDebianTree(wanted: DebianTree): Promise<void> {
  const { task, scratch, into } = wanted;
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  if (!/^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(release)) throw new SourceFailed('not a Debian-like system');
  const downloads = join(scratch, 'packages');
  await mkdir(downloads, { recursive: true });
  await mkdir(into, { recursive: true });

  try {
    await download(wanted, downloads, []);
  } catch (error) {
    wanted.signal?.throwIfAborted();
    if (!(error instanceof SourceFailed)) throw error;
    // The system's package lists are empty or out of date. Lists of our own need no privileges.
    const own = await ownLists(wanted);
    await download(wanted, downloads, own);
  }
  task.update('unpacking');
  for (const archive of await readdir(downloads)) {
    if (archive.endsWith('.deb')) await run(wanted, downloads, 'dpkg-deb', '-x', archive, into);
  }
  for (const unused of ['doc', 'man', 'locale']) await rm(join(into, 'usr', 'share', unused), unusedOptions);
}

const unusedOptions = { recursive: true, force: true };

/** As root, apt would download as a user who may not write here. */
const COMMON = ['-q', '-o', 'APT::Sandbox::User=root', '-o', 'Acquire::http::Timeout=10', '-o', 'Acquire::Retries=1'];

async function download(wanted: DebianTree, folder: string, options: readonly string[]): Promise<void> {
  wanted.task.update(`asking what Debian's ${wanted.package} needs`);
  const plan = ['--simulate', '--no-install-recommends', 'install', wanted.package];
  const needed = packagesOf(await run(wanted, folder, 'apt-get', ...COMMON, ...options, ...plan));
  const names = needed.filter((name) => wanted.needs(name));
  if (names.length === 0) throw new SourceFailed(`apt-get would install nothing for ${wanted.package}`);
  wanted.task.update(`downloading Debian's ${wanted.package}`);
  await run(wanted, folder, 'apt-get', ...COMMON, ...options, 'download', ...names);
}

/** Options that make apt use package lists below the scratch folder, just read from its sources. */
async function ownLists(wanted: DebianTree): Promise<string[]> {
  const lists = join(wanted.scratch, 'apt-lists');
  const archives = join(wanted.scratch, 'apt-cache');
  await mkdir(join(lists, 'partial'), { recursive: true });
  await mkdir(join(archives, 'archives', 'partial'), { recursive: true });
  const options = ['-o', `Dir::State::lists=${lists}`, '-o', `Dir::Cache=${archives}`];
  wanted.task.update("reading Debian's package lists");
  // One unreachable source among several is no obstacle if another has the package; the download tells.
  await run(wanted, wanted.scratch, 'apt-get', ...COMMON, ...options, 'update').catch((error: unknown) => {
    if (!(error instanceof SourceFailed)) throw error;
  });
  return options;
}

/** The packages that `apt-get --simulate install` says it would install. */
export function packagesOf(simulation: string): string[] {
  return [...simulation.matchAll(/^Inst (\S+)/gm)].flatMap(([, name]) => name?.replace(/:.*$/, '') ?? []);
}

async function run(wanted: DebianTree, cwd: string, command: string, ...args: string[]): Promise<string> {
  const { env, signal } = wanted;
  try {
    return await runCommand({ command, args, cwd, env: { ...env, LC_ALL: 'C' }, signal, timeoutMs: 300_000 });
  } catch (error) {
    signal?.throwIfAborted();
    throw new SourceFailed(error instanceof Error ? error.message : String(error));
  }
}
