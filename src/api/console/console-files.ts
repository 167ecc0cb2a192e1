import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, sep } from 'node:path';
import { gzipSync } from 'node:zlib';

/** A file of the console, ready to be sent. */
export interface ConsoleFile {
  readonly type: string;
  readonly body: Buffer;
  readonly gzipped: Buffer;
  readonly etag: string;
}

export interface ConsoleFiles {
  readonly page: ConsoleFile;
  /** By their path below the version. */
  readonly assets: ReadonlyMap<string, ConsoleFile>;
  /** Hash of all files: with it in their address, they never change. */
  readonly version: string;
}

/** Where the build puts the console: beside this file's own folder, whether that is `src` or `dist`. */
export const BUILT_CONSOLE = join(import.meta.dirname, '..', '..', '..', 'dist', 'console');

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
};

/** Reads the built console into memory: some 150 kB. Undefined if it has not been built. */
export function readConsole(folder: string): ConsoleFiles | undefined {
  const page = join(folder, 'index.html');
  if (!existsSync(page)) return undefined;
  const version = readdirSync(folder, { withFileTypes: true }).find((entry) => entry.isDirectory())?.name;
  if (version === undefined) return undefined;
  const names = readdirSync(join(folder, version), { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const below = join(folder, version);
  const assets = names.map(({ parentPath, name }): [string, ConsoleFile] => {
    const file = join(parentPath, name);
    return [
      file
        .slice(below.length + 1)
        .split(sep)
        .join('/'),
      read(file),
    ];
  });
  return { page: read(page), assets: new Map(assets), version };
}

function read(file: string): ConsoleFile {
  const body = readFileSync(file);
  return {
    type: TYPES[extname(file)] ?? 'application/octet-stream',
    body,
    gzipped: gzipSync(body, { level: 9 }),
    etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`,
  };
}
