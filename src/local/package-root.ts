import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The folder that holds `package.json`, `tools/` and `temporal/`: found by walking up, because this file runs both
 * from `src/local` and from the built `dist/local`.
 */
export function packageRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'tools', 'servers.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`tools/servers.json is in no folder above ${import.meta.dirname}`);
    folder = parent;
  }
  return folder;
}
