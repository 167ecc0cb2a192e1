import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for a server's data: the caller's, which is kept, or a temporary one, which `remove` deletes. */
export async function dataFolder(given?: string): Promise<{ path: string; remove: () => Promise<void> }> {
  if (given !== undefined) {
    await mkdir(given, { recursive: true });
    return { path: given, remove: () => Promise.resolve() };
  }
  const path = await mkdtemp(join(tmpdir(), 'mendloop-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
