import { execFile } from 'node:child_process';
import { delimiter, join } from 'node:path';
import type { CodeBlock } from './documented-commands.ts';
import { packageRoot } from '../../src/local/package-root.ts';

export interface DocumentedShellOptions {
  /** Where the block's files are. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** Folders of programs, before those of PATH. */
  readonly programs: readonly string[];
  /** Of bash, before the block: what stands in for what is not here. */
  readonly prelude?: string;
  /** What the page names and is elsewhere here. */
  readonly places?: Readonly<Record<string, string>>;
}

export interface Typed {
  readonly stdout: string;
  readonly stderr: string;
}

/** `npx mendloop` is this checkout's. */
const NPX = `npx() { shift; "$NODE" "$MENDLOOP" "$@"; }`;

/**
 * Types blocks of a page into bash, as their reader would, and waits for their end. A command that fails fails it, also in the
 * midst of a pipe. Rejects with all that was said.
 */
export async function typeBlocks(blocks: readonly CodeBlock[], options: DocumentedShellOptions): Promise<Typed> {
  const { folder, programs, prelude = '', places = {} } = options;
  const text = Object.entries(places).reduce(
    (all, [there, here]) => all.replaceAll(there, here),
    blocks.map((block) => block.text).join('\n'),
  );
  const env = {
    ...process.env,
    ...options.env,
    PATH: [...programs, process.env['PATH'] ?? ''].join(delimiter),
    NODE: process.execPath,
    MENDLOOP: join(packageRoot(), 'bin', 'mendloop.js'),
  };
  const script = ['set -euo pipefail', NPX, prelude, text].join('\n');
  return await new Promise((resolve, reject) => {
    execFile('bash', ['-c', script], { cwd: folder, env, maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      if (error === null) resolve({ stdout, stderr });
      else reject(new Error(`${text}\nfailed:\n${stderr}\n${stdout}`, { cause: error }));
    });
  });
}
