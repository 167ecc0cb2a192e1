import { mkdir, mkdtemp, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../process/run-command.ts';
import type { Acquisition } from './acquisition.ts';
import { locationOf, specOf } from './acquisition.ts';
import { SourceFailed, install } from './server-binary.ts';
import type { ServerBinary } from './server-binary.ts';

/** Two updates of the same package lists would lock each other out. */
let previous: Promise<unknown> = Promise.resolve();

/**
 * The distribution's own package, downloaded by apt (which verifies it) and extracted without being installed: needs
 * no privileges and changes nothing outside the cache. Throws {@link SourceFailed} elsewhere than on Debian's kin.
 */
export async function fromDebian(wanted: Acquisition): Promise<ServerBinary[]> {
  const { family, names, cache } = wanted;
  const { debian } = family;
  if (!debian) throw new SourceFailed('no Debian package is known to serve');
  if (!(await isDebianLike())) throw new SourceFailed('not a Debian-like system');
  const turn = previous.then(() => downloadPackage(wanted, debian.package));
  previous = turn.catch(() => undefined);
  const folder = await turn;
  return Promise.all(
    names.map(async (name) => {
      const from = join(folder, locationOf(debian.members, name));
      const reads = debian.reads?.[name];
      if (reads) await lookInWorkingFolder(from, reads.folder);
      const beside = reads?.files.map((file) => join(folder, reads.folder, file));
      return install({ name, spec: specOf(family, name), from, beside, source: 'debian', cache });
    }),
  );
}

/** Replaces a path in a program by one of the same length that means "here". */
async function lookInWorkingFolder(program: string, folder: string): Promise<void> {
  const content = await readFile(program);
  const here = `.${'/'.repeat(folder.length - 1)}`;
  for (let at = content.indexOf(folder); at !== -1; at = content.indexOf(folder, at)) content.write(here, at, 'latin1');
  await writeFile(program, content);
}

async function isDebianLike(): Promise<boolean> {
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(release);
}

/** Gives the folder that the package was extracted to. */
async function downloadPackage({ cache, signal, env, task }: Acquisition, name: string): Promise<string> {
  const folder = await mkdtemp(join(cache.partial, 'debian-'));
  const run = async (command: string, ...args: string[]) => {
    try {
      await runCommand({ command, args, cwd: folder, env: { ...env, LC_ALL: 'C' }, signal, timeoutMs: 300_000 });
    } catch (error) {
      signal?.throwIfAborted();
      throw new SourceFailed(error instanceof Error ? error.message : String(error));
    }
  };
  // As root, apt would download as a user who may not write here.
  const common = ['-q', '-o', 'APT::Sandbox::User=root', '-o', 'Acquire::http::Timeout=10', '-o', 'Acquire::Retries=1'];
  try {
    task.update(`downloading Debian's ${name}`);
    await run('apt-get', ...common, 'download', name);
  } catch {
    // The system's package lists are empty or out of date. Lists of our own need no privileges.
    const lists = join(cache.partial, 'apt-lists');
    const archives = join(cache.partial, 'apt-cache');
    await mkdir(join(lists, 'partial'), { recursive: true });
    await mkdir(join(archives, 'archives', 'partial'), { recursive: true });
    const own = [...common, '-o', `Dir::State::lists=${lists}`, '-o', `Dir::Cache=${archives}`];
    task.update("reading Debian's package lists");
    // One unreachable source among several is no obstacle if another has the package; the download tells.
    const updateProblem = await run('apt-get', ...own, 'update').catch((error: unknown) => error as SourceFailed);
    task.update(`downloading Debian's ${name}`);
    await run('apt-get', ...own, 'download', name).catch((error: unknown) => {
      throw updateProblem ?? (error as SourceFailed);
    });
  }
  const archive = (await readdir(folder)).find((file) => file.endsWith('.deb'));
  if (archive === undefined) throw new SourceFailed(`apt-get downloaded no package ${name}`);
  task.update('unpacking');
  await run('dpkg-deb', '-x', archive, folder);
  return folder;
}
