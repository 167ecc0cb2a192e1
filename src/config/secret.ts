import { readFileSync } from 'node:fs';
import type { SecretRef } from './schema.ts';

/**
 * The secret that a reference names, without the line break that files end with. A file is read anew at each call, so
 * that a rotated token is picked up without a restart.
 *
 * @throws Error naming the variable or file, never the value.
 */
export function resolveSecret(ref: SecretRef, env: Readonly<Record<string, string | undefined>> = process.env): string {
  if ('env' in ref) {
    const value = env[ref.env];
    if (value === undefined || value === '') throw new Error(`environment variable ${ref.env} is not set`);
    return value;
  }
  let value: string;
  try {
    value = readFileSync(ref.file, 'utf8').trimEnd();
  } catch {
    throw new Error(`secret file ${ref.file} cannot be read`);
  }
  if (value === '') throw new Error(`secret file ${ref.file} is empty`);
  return value;
}
