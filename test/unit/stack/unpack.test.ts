import { mkdir, readFile, readdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { create } from 'tar';
import { describe, expect, it } from 'vitest';
import { unpack } from '../../../src/local/servers/unpack.ts';
import { scratchFolder } from './scratch.ts';
import { writeZip } from './write-zip.ts';

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

async function makeZip(folder: string): Promise<string> {
  const archive = join(folder, 'thing.zip');
  await writeZip(archive, files);
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
