import { mkdir, readFile, readdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { create } from 'tar';
import { describe, expect, it } from 'vitest';
import { unpack } from '../../../src/local/servers/unpack.ts';
import { scratchFolder } from './scratch.ts';

const files = { 'thing-1.0/thing': 'the program', 'thing-1.0/extra/tool': 'the tool', 'thing-1.0/README': 'unwanted' };

async function makeTar(folder: string): Promise<string> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(join(folder, 'from', name, '..'), { recursive: true });
    await writeFile(join(folder, 'from', name), content);
  }
  const archive = join(folder, 'thing.tar.gz');
  await create({ file: archive, gzip: true, cwd: join(folder, 'from') }, ['./thing-1.0']);
  return archive;
}

/** One entry deflated, the others stored, and a comment behind, as real archives have. */
async function makeZip(folder: string): Promise<string> {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [index, [name, content]] of Object.entries(files).entries()) {
    const method = index === 0 ? 8 : 0;
    const data = method === 8 ? deflateRawSync(content) : Buffer.from(content);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt32LE(crc32(content), 14);
    local.writeUInt16LE(name.length, 26);
    local.writeUInt16LE(4, 28);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(method, 10);
    entry.writeUInt32LE(crc32(content), 16);
    entry.writeUInt32LE(data.length, 20);
    entry.writeUInt32LE(content.length, 24);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(offset, 42);
    directory.push(entry, Buffer.from(name));
    parts.push(local, Buffer.from(name), Buffer.alloc(4), data);
    offset += 30 + name.length + 4 + data.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(offset, 16);
  end.writeUInt16LE(7, 20);
  const archive = join(folder, 'thing.zip');
  await writeFile(archive, Buffer.concat([...parts, ...directory, end, Buffer.from('comment')]));
  return archive;
}

describe.each([
  ['a tar archive', makeTar],
  ['a zip archive', makeZip],
])('unpack, from %s', (_kind, make) => {
  it('takes out the named members and nothing else', async () => {
    const folder = await scratchFolder();
    const members = ['thing-1.0/thing', 'thing-1.0/extra/tool'];
    const into = join(folder, 'into');
    const found = await unpack({ archive: await make(folder), members, into });
    for (const member of members) {
      expect(await readFile(found.get(member)!, 'utf8')).toBe(files[member as keyof typeof files]);
    }
    const written = await readdir(into, { recursive: true, withFileTypes: true });
    expect(written.filter((entry) => entry.isFile())).toHaveLength(2);
  });

  it('refuses an archive that was cut off', async () => {
    const folder = await scratchFolder();
    const archive = await make(folder);
    await truncate(archive, 60);
    await expect(unpack({ archive, members: ['thing-1.0/thing'], into: join(folder, 'into') })).rejects.toThrow();
  });

  it('names a member that is not there', async () => {
    const folder = await scratchFolder();
    const archive = await make(folder);
    await expect(unpack({ archive, members: ['thing-2.0/thing'], into: join(folder, 'into') })).rejects.toThrow(
      'holds no thing-2.0/thing',
    );
  });
});
