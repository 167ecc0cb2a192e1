import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The version that package.json below `root` says. */
export function packageVersion(root: string): string {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  return version;
}
