import { readFileSync } from 'node:fs';
import type { SecretRef } from './schema.ts';

/** A secret that is named but not to be had. The message names the variable or file, never a value. */
export class SecretMissing extends Error {
  override readonly name = 'SecretMissing';
}

/**
 * The secret that a reference names, without the line break that files end with. A file is read anew at each call, so
 * that a rotated token is picked up without a restart.
 *
 * @throws SecretMissing if the variable is not set, or the file cannot be read or is empty.
 */
export function resolveSecret(ref: SecretRef, env: Readonly<Record<string, string | undefined>> = process.env): string {
  if ('env' in ref) {
    const value = env[ref.env];
    if (value === undefined || value === '') throw new SecretMissing(`environment variable ${ref.env} is not set`);
    return value;
  }
  let value: string;
  try {
    value = readFileSync(ref.file, 'utf8').trimEnd();
  } catch {
    throw new SecretMissing(`secret file ${ref.file} cannot be read`);
  }
  if (value === '') throw new SecretMissing(`secret file ${ref.file} is empty`);
  return value;
}
