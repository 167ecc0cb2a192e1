import { createWriteStream } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { extract } from 'tar';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { SourceFailed } from './server-binary.ts';

/**
 * Takes single files out of a `.tar.gz`, `.zip` or `.whl` archive and gives, by member path, where they lie below `into`.
 * Nothing else is written. Throws {@link SourceFailed} for a member that is not in the archive.
 */
export async function unpack(options: {
  archive: string;
  members: readonly string[];
  into: string;
}): Promise<Map<string, string>> {
  const { archive, members, into } = options;
  await mkdir(into, { recursive: true });
  const found = /\.(?:zip|whl)$/.test(archive) ? await unpackZip(options) : await unpackTar(options);
  const missing = members.filter((member) => !found.has(member));
  if (missing.length > 0) throw new SourceFailed(`${basename(archive)} holds no ${missing.join(', ')}`);
  return found;
}

async function unpackTar(options: {
  archive: string;
  members: readonly string[];
  into: string;
}): Promise<Map<string, string>> {
  const { archive, members, into } = options;
  const found = new Map<string, string>();
  const wanted = (path: string) => members.find((member) => path.replace(/^\.\//, '') === member);
  await extract({
    file: archive,
    cwd: into,
    strict: true,
    filter: (path, entry) => 'type' in entry && entry.type === 'File' && wanted(path) !== undefined,
    onReadEntry: (entry) => {
      const member = wanted(entry.path);
      if (member !== undefined) found.set(member, join(into, member));
    },
  });
  return found;
}

/** What its types leave out. */
type Entries = ZipFile & { eachEntry(): AsyncIterable<Entry> };

async function unpackZip(options: {
  archive: string;
  members: readonly string[];
  into: string;
}): Promise<Map<string, string>> {
  const { archive, members, into } = options;
  const found = new Map<string, string>();
  try {
    // It closes the archive when the last entry was read, or when its reader has had enough.
    const zip = await openPromise(archive);
    for await (const entry of (zip as Entries).eachEntry()) {
      if (!members.includes(entry.fileName)) continue;
      const file = join(into, String(found.size));
      await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(`${file}.part`));
      await rename(`${file}.part`, file);
      found.set(entry.fileName, file);
    }
  } catch (error) {
    throw new SourceFailed(`${basename(archive)}: ${error instanceof Error ? error.message : String(error)}`);
  }
  return found;
}
