import { mkdtemp } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Acquisition } from './acquisition.ts';
import { locationOf, specOf } from './acquisition.ts';
import { download } from './download.ts';
import { SourceFailed, install } from './server-binary.ts';
import type { ServerBinary } from './server-binary.ts';
import { unpack } from './unpack.ts';

/** The platform as `tools/servers.json` writes it. */
export const platform = `${process.platform}-${process.arch}`;

/**
 * The project's own release: downloaded, compared with the pinned checksum, unpacked, asked for its version, moved
 * into the cache. Throws {@link SourceFailed} when any of that fails.
 */
export async function fromRelease(wanted: Acquisition): Promise<ServerBinary[]> {
  const { family, names, cache, task, signal } = wanted;
  if (!family.release) throw new SourceFailed('no release with a known checksum');
  const asset = family.release.assets[platform];
  if (!asset) throw new SourceFailed(`no release with a known checksum for ${platform}`);

  const folder = await mkdtemp(join(cache.partial, 'release-'));
  // A URL without a path has no name to take.
  const file = join(folder, basename(new URL(asset.url).pathname) || 'asset');
  task.update('downloading');
  await download({
    url: asset.url,
    checksum: asset.checksum,
    file,
    signal,
    onProgress: ({ bytes, total }) => {
      task.update(total === undefined ? `downloading, ${megabytes(bytes)}` : `downloading, ${percent(bytes, total)}`);
    },
  });
  task.update('unpacking');
  const { members } = asset;
  const unpacked = members && (await unpack({ archive: file, members: Object.values(members), into: folder }));
  return await Promise.all(
    names.map((name) =>
      install({
        name,
        spec: specOf(family, name),
        from: members ? (unpacked?.get(locationOf(members, name)) ?? file) : file,
        source: 'release',
        cache,
      }),
    ),
  );
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;
const percent = (bytes: number, total: number) => `${((100 * bytes) / total).toFixed(0)} % of ${megabytes(total)}`;
