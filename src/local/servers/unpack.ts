import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { extract } from 'tar';
import { SourceFailed } from './server-binary.ts';

/**
 * Takes single files out of a `.tar.gz` or `.zip` archive and gives, by member path, where they lie below `into`.
 * Nothing else is written. Throws {@link SourceFailed} for a member that is not in the archive.
 */
export async function unpack(options: {
  archive: string;
  members: readonly string[];
  into: string;
}): Promise<Map<string, string>> {
  const { archive, members, into } = options;
  await mkdir(into, { recursive: true });
  const found = archive.endsWith('.zip') ? await unpackZip(options) : await unpackTar(options);
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

const endOfDirectory = 0x06054b50;
const directoryEntry = 0x02014b50;

/** Zip as releases use it: one disk, below 4 GiB, stored or deflated. */
async function unpackZip(options: {
  archive: string;
  members: readonly string[];
  into: string;
}): Promise<Map<string, string>> {
  const zip = await readFile(options.archive);
  const found = new Map<string, string>();
  const end = lastIndexOfSignature(zip, endOfDirectory);
  if (end === -1) throw new SourceFailed(`${basename(options.archive)} is not a zip archive`);
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0 && zip.readUInt32LE(at) === directoryEntry; left -= 1) {
    const nameLength = zip.readUInt16LE(at + 28);
    const member = zip.toString('utf8', at + 46, at + 46 + nameLength);
    if (options.members.includes(member)) {
      const file = join(options.into, String(found.size));
      await writeFile(`${file}.part`, contentOf(zip, at));
      await rename(`${file}.part`, file);
      found.set(member, file);
    }
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return found;
}

function contentOf(zip: Buffer, entry: number): Buffer {
  const local = zip.readUInt32LE(entry + 42);
  // The local header's extra field may differ in length from the directory's.
  const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
  const content = zip.subarray(start, start + zip.readUInt32LE(entry + 20));
  const method = zip.readUInt16LE(entry + 10);
  if (method === 0) return content;
  if (method === 8) return inflateRawSync(content);
  throw new SourceFailed(`a zip entry is compressed by method ${method}, which is not known here`);
}

function lastIndexOfSignature(zip: Buffer, signature: number): number {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(signature);
  return zip.lastIndexOf(bytes);
}
