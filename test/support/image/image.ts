import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { ensureServers, terminalProgress } from '../../../dev/stack/index.ts';
import { packageRoot } from '../../../src/local/package-root.ts';
import { cacheLayout } from '../../../src/local/servers/cache-dir.ts';
import { pinnedVersions } from '../../../src/local/servers/find-existing.ts';
import { loadCatalogue, lookUp } from '../../../src/local/servers/catalogue.ts';
import { readStage, type Stage } from './dockerfile.ts';

const run = promisify(execFile);
const root = packageRoot();

/** The files of an image, without the base's C libraries and with the Node of this machine. */
export interface Image extends Pick<Stage, 'entrypoint' | 'cmd' | 'env'> {
  /** Holds the image's own top-level folders: `app`, `nodejs`, `opt`. */
  readonly folder: string;
  remove(): Promise<void>;
}

/** Exactly the files that the Dockerfile copies into this stage, from a build of the sources as they are. */
export async function assembleImage(stage: 'plain' | 'standalone'): Promise<Image> {
  await run(process.execPath, [join(root, 'tools', 'build.ts')]);
  const folder = await mkdtemp(join(tmpdir(), `mendloop-image-`));
  await chmod(folder, 0o755);
  const { copies, entrypoint, cmd, env } = readStage(stage);
  for (const { stage: from, from: path, to } of copies) {
    if (from === 'servers') await copyServers(join(folder, to));
    else if (path === '/src/node_modules') await copyPackages(join(folder, to));
    else await copy(join(root, relative('/src', path)), join(folder, to));
  }
  await run(process.execPath, [join(root, 'tools', 'image', 'keep-one-bridge.ts'), join(folder, 'app')]);
  await program(process.execPath, join(folder, 'nodejs', 'bin', 'node'));
  return { folder, entrypoint, cmd, env, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** By hard links where that is possible: content and modes are those of the sources, and are not changed. */
async function copy(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await run('cp', ['-al', from, to]).catch(() => run('cp', ['-a', from, to]));
}

/** What `npm prune --omit=dev` leaves. @throws Error where `npm ci` has not installed what the lock file names. */
async function copyPackages(to: string): Promise<void> {
  const { packages } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean; optional?: boolean }>;
  };
  const base = 'node_modules/';
  const wanted = Object.entries(packages).filter(
    ([path, { dev = false }]) => path.startsWith(base) && !dev && !path.slice(base.length).includes('/node_modules/'),
  );
  for (const [path, { optional = false }] of wanted) {
    // One for another system is in the lock file, and not on the disk.
    if (optional && !existsSync(join(root, path))) continue;
    await copy(join(root, path), join(to, path.slice(base.length)));
  }
}

/** What `tools/servers.ts ensure temporal` leaves in its cache folder, under the version that is pinned first. */
async function copyServers(to: string): Promise<void> {
  const { temporal } = await ensureServers(['temporal'], { progress: terminalProgress() });
  const { family } = lookUp(loadCatalogue(), 'temporal');
  const pinned = pinnedVersions('temporal', family);
  const version = pinned.includes(temporal.version) ? temporal.version : (pinned[0] ?? temporal.version);
  await program(temporal.path, cacheLayout(dirname(to)).serverPath('temporal', version));
}

async function program(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await copyFile(from, to);
  await chmod(to, 0o755);
}
