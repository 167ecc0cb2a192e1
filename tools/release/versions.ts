import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const VERSION = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/;

/** Each file that says which version this is, with how it says so: its first group is before, its last behind it. */
const PLACES: readonly { readonly file: string; readonly says: readonly RegExp[] }[] = [
  { file: 'package.json', says: [/^( {2}"version": ")([^"]+)(")/m] },
  { file: 'package-lock.json', says: [/^( {2}"version": ")([^"]+)(")/m, /^( {6}"version": ")([^"]+)(")/m] },
  { file: join('helm', 'mendloop', 'Chart.yaml'), says: [/^(version: )(\S+)()$/m, /^(appVersion: )(\S+)()$/m] },
];

/**
 * The version that all files agree on.
 *
 * @throws Error where they do not, or it is another one than is asked for.
 */
export async function checkVersions(root: string, wanted?: string): Promise<string> {
  const found = await Promise.all(
    PLACES.map(async ({ file, says }) => {
      const text = await readFile(join(root, file), 'utf8');
      return says.map((one) => ({ file, version: one.exec(text)?.[2] ?? 'none' }));
    }),
  );
  const all = found.flat();
  const version = wanted ?? all[0]?.version ?? 'none';
  const other = all.find((one) => one.version !== version);
  if (other !== undefined) throw new Error(`${other.file} says version ${other.version}, not ${version}: see --write`);
  return version;
}

/** Writes the version into every file that says one. @throws Error where it is none. */
export async function setVersions(root: string, version: string): Promise<void> {
  if (!VERSION.test(version)) throw new Error(`invalid --version ${version}: expected X.Y.Z`);
  for (const { file, says } of PLACES) {
    const path = join(root, file);
    const before = await readFile(path, 'utf8');
    const after = says.reduce((text, one) => text.replace(one, `$1${version}$3`), before);
    await writeFile(path, after);
  }
}
