import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * The text of a file that only its user can read, made by `make` when there is none yet. Of several processes that ask at
 * once all get the same text, and no reader ever sees half of it.
 */
export function ownFile(file: string, make: () => string): string {
  const known = readOrUndefined(file);
  if (known !== undefined) return known;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, make(), { mode: 0o600 });
  try {
    linkSync(fresh, file); // Unlike a rename it fails where another process was faster: then that text is the one.
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    rmSync(fresh, { force: true });
  }
  return readFileSync(file, 'utf8');
}

/** The text of a file; undefined where there is none. */
export function readOrUndefined(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
