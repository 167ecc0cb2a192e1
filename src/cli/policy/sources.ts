import { realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../local/package-root.ts';

export interface PolicySources {
  /** Every folder, in the order in which `opa` gets them. */
  readonly all: readonly string[];
  /** Those of the command line. Where it names none: Mendloop's own. */
  readonly own: readonly string[];
}

/** Mendloop's own policy and the folders that go over it; with `alone`, the folders are all there is. */
export async function policySources(folders: readonly string[], alone = false): Promise<PolicySources> {
  const base = join(packageRoot(), 'policy');
  const own = folders.length === 0 ? [base] : folders;
  for (const folder of own) {
    const found = await stat(folder).catch(() => undefined);
    if (found?.isDirectory() !== true) throw new Error(`${folder} is no folder`);
  }
  const named = await Promise.all(own.map((folder) => realpath(folder)));
  const hasBase = alone || named.includes(await realpath(base).catch(() => base));
  return { all: hasBase ? own : [base, ...own], own };
}
