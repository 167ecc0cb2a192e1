import { createHash } from 'node:crypto';
import { type FSWatcher, watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Editors and copies write in several steps; a file is looked at when its folder has been quiet this long. */
const QUIET_MS = 100;

/** Network file systems tell no changes: look anyway, this often. */
const POLL_MS = 5_000;

export interface FollowFileOptions {
  readonly path: string;
  /** Called in order, one at a time, with each content that differs from the one before. Must not reject. */
  readonly onContent: (content: Buffer) => Promise<void> | void;
  /** Called once each time the file cannot be read any more. */
  readonly onMissing: () => void;
}

export interface FollowedFile {
  /** Settles when the file has been looked at for the first time. */
  readonly ready: Promise<void>;
  close(): Promise<void>;
}

/** Reads a file now and whenever it changes, also where it is replaced by renaming, as ConfigMaps and editors do. */
export function followFile({ path, onContent, onMissing }: FollowFileOptions): FollowedFile {
  let seen = '';
  let closed = false;

  async function look(): Promise<void> {
    if (closed) return;
    const content = await readFile(path).catch(() => undefined);
    const hash = content === undefined ? 'missing' : createHash('sha256').update(content).digest('hex');
    if (hash === seen) return;
    seen = hash;
    if (content === undefined) onMissing();
    else await onContent(content);
  }

  // One look at a time, in order: an older content must not overtake a newer one.
  let looking = Promise.resolve();
  const lookSoon = () => (looking = looking.then(look));
  const ready = lookSoon();

  let quiet: NodeJS.Timeout | undefined;
  const changed = () => {
    clearTimeout(quiet);
    quiet = setTimeout(() => void lookSoon(), QUIET_MS);
  };
  // The folder, not the file: replacing a file by renaming another over it would lose a watch on the file.
  const watcher = watchFolder(dirname(path), changed);
  const poll = setInterval(() => void lookSoon(), POLL_MS).unref();

  return {
    ready,
    close: async () => {
      closed = true;
      watcher?.close();
      clearTimeout(quiet);
      clearInterval(poll);
      await looking;
    },
  };
}

function watchFolder(folder: string, changed: () => void): FSWatcher | undefined {
  try {
    return watch(folder, { persistent: false }, changed).on('error', () => undefined);
  } catch {
    return undefined; // No such folder, or no watches left: the poll still looks.
  }
}
