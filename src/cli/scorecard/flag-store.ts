import { readFile, rename, writeFile } from 'node:fs/promises';
import { readFlags } from '../../clients/flags/flag-file.ts';

/** The flag file as JSON, after it was seen to be one that a worker would take. @throws Error that says what is wrong. */
export async function readFlagDocument(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8');
  readFlags(path, text);
  return JSON.parse(text) as unknown;
}

/** Replaces the file at once, so that a worker that follows it never sees half of it, and only by one that a worker takes. */
export async function writeFlagDocument(path: string, document: unknown): Promise<void> {
  const text = `${JSON.stringify(document, null, 2)}\n`;
  readFlags(path, text);
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}
