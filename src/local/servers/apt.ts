import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProgressTask } from '../progress.ts';
import { runCommand } from '../process/run-command.ts';
import { SourceFailed } from './server-binary.ts';

/** As root, apt would download as a user who may not write into our folders. */
const COMMON = ['-q', '-o', 'APT::Sandbox::User=root', '-o', 'Acquire::http::Timeout=10', '-o', 'Acquire::Retries=1'];

export interface AptJob {
  task: ProgressTask;
  signal?: AbortSignal | undefined;
  env: NodeJS.ProcessEnv;
  /** Content of `/etc/os-release`, unless this machine's. */
  osRelease?: string | undefined;
}

export interface AptDownload extends AptJob {
  package: string;
  /** Which of the packages that it needs, and that this system lacks, come too; none unless given. */
  needs?: (name: string) => boolean;
  /** Becomes the root of the packages' files. */
  into: string;
  /** For lists and archives; may be deleted afterwards. */
  scratch: string;
}

/** Two readings of the same package lists would lock each other out. */
let previous: Promise<unknown> = Promise.resolve();

/**
 * A distribution's package, with what it needs of others, downloaded by apt (which verifies it) and extracted without being
 * installed: needs no privileges and changes nothing outside its folders. Throws {@link SourceFailed} elsewhere than on
 * Debian's kin.
 */
export async function extractPackage(job: AptDownload): Promise<void> {
  await requireDebian(job);
  const { task, scratch, into } = job;
  const downloads = join(scratch, `${job.package}.packages`);
  await mkdir(downloads, { recursive: true });
  await mkdir(into, { recursive: true });
  const turn = previous.then(async () => {
    let options: readonly string[] = [];
    await withFreshLists(
      job,
      () => download(job, downloads, options),
      async () => {
        // The system's package lists are empty or out of date. Lists of our own need no privileges.
        options = await ownLists(scratch);
        await apt(job, [...options, 'update'], scratch);
      },
    );
  });
  previous = turn.catch(() => undefined);
  await turn;
  task.update('unpacking');
  for (const archive of await readdir(downloads)) {
    if (archive.endsWith('.deb')) await run(job, 'dpkg-deb', ['-x', archive, into], downloads);
  }
}

/** Installs packages, as root. Throws {@link SourceFailed} where that cannot be done. */
export async function installPackages(job: AptJob, names: readonly string[]): Promise<void> {
  await requireDebian(job);
  const patient = ['-o', 'DPkg::Lock::Timeout=300'];
  await withFreshLists(
    job,
    async () => {
      job.task.update("installing Debian's package");
      await apt(job, [...patient, 'install', '-y', '--no-install-recommends', ...names]);
    },
    () => apt(job, [...patient, 'update']),
  );
}

/** The packages that `apt-get --simulate install` says it would install. */
export function packagesOf(simulation: string): string[] {
  return [...simulation.matchAll(/^Inst (\S+)/gm)].flatMap(([, name]) => name?.replace(/:.*$/, '') ?? []);
}

async function requireDebian({ osRelease }: AptJob): Promise<void> {
  const release = osRelease ?? (await readFile('/etc/os-release', 'utf8').catch(() => ''));
  if (!/^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(release)) throw new SourceFailed('not a Debian-like system');
}

/** The work; where it fails, once more after the package lists were read. */
async function withFreshLists(
  { task, signal }: AptJob,
  work: () => Promise<unknown>,
  update: () => Promise<unknown>,
): Promise<void> {
  try {
    await work();
  } catch (first) {
    signal?.throwIfAborted();
    if (!(first instanceof SourceFailed)) throw first;
    task.update("reading Debian's package lists");
    // One unreachable source among several is no obstacle if another has the package; the second attempt tells.
    let problem: SourceFailed | undefined;
    try {
      await update();
    } catch (error) {
      if (!(error instanceof SourceFailed)) throw error;
      problem = error;
    }
    try {
      await work();
    } catch (error) {
      if (problem !== undefined) throw problem;
      throw error;
    }
  }
}

async function download(job: AptDownload, folder: string, options: readonly string[]): Promise<void> {
  const { task, needs } = job;
  let names = [job.package];
  if (needs !== undefined) {
    task.update(`asking what Debian's ${job.package} needs`);
    const plan = ['--simulate', '--no-install-recommends', 'install', job.package];
    names = packagesOf(await apt(job, [...options, ...plan], folder)).filter(needs);
    if (names.length === 0) throw new SourceFailed(`apt-get would install nothing for ${job.package}`);
  }
  task.update(`downloading Debian's ${job.package}`);
  await apt(job, [...options, 'download', ...names], folder);
}

/** Options that make apt use package lists below the scratch folder. */
async function ownLists(scratch: string): Promise<string[]> {
  const lists = join(scratch, 'apt-lists');
  const archives = join(scratch, 'apt-cache');
  await mkdir(join(lists, 'partial'), { recursive: true });
  await mkdir(join(archives, 'archives', 'partial'), { recursive: true });
  return ['-o', `Dir::State::lists=${lists}`, '-o', `Dir::Cache=${archives}`];
}

function apt(job: AptJob, args: readonly string[], cwd?: string): Promise<string> {
  return run(job, 'apt-get', [...COMMON, ...args], cwd);
}

async function run({ env, signal }: AptJob, command: string, args: readonly string[], cwd?: string): Promise<string> {
  try {
    return await runCommand({
      ...{ command, args, signal, timeoutMs: 600_000 },
      env: { ...env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' },
      ...(cwd === undefined ? {} : { cwd }),
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw new SourceFailed(error instanceof Error ? error.message : String(error));
  }
}
