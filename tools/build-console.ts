import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { rolldown } from 'rolldown';
import { packageRoot } from '../src/local/package-root.ts';

const ENTRY = 'console/main.ts';
const STATIC = 'console/static';
/** What may run in the browser besides `src`: see docs/decisions/console-libraries.md. */
const PACKAGES = ['preact', 'eventsource-parser'];

export interface ConsoleBuild {
  /** Holds `src`. */
  readonly root?: string;
  /** Is emptied first. */
  readonly output: string;
}

/**
 * Writes the console as browsers take it: its modules in one file, because each file costs a round trip to begin with,
 * the static files, and the page itself, which names them all. They lie below the hash of all of them, so that browsers
 * may keep them.
 *
 * @throws Error for a module that reaches another package.
 */
export async function buildConsole({ root = packageRoot(), output }: ConsoleBuild): Promise<void> {
  const source = join(root, 'src');
  const others = readdirSync(join(source, STATIC)).filter((name) => name !== 'index.html');
  const files: [string, string][] = [
    ['console.js', await bundle(join(source, ENTRY))],
    ...others.map((name): [string, string] => [name, readFileSync(join(source, STATIC, name), 'utf8')]),
  ];
  const page = readFileSync(join(source, STATIC, 'index.html'), 'utf8');
  const version = hashOf([...files, ['index.html', page]]);

  rmSync(output, { recursive: true, force: true });
  for (const [path, text] of files) write(join(output, version, path), text);
  write(join(output, 'index.html'), page.replaceAll('{{base}}', `/console/${version}/`));
}

async function bundle(entry: string): Promise<string> {
  const building = await rolldown({
    input: entry,
    platform: 'browser',
    external: (id) => {
      if (/^(?:[./]|[A-Za-z]:)/.test(id) || PACKAGES.includes(id)) return false;
      throw new Error(`the console reaches ${id}: expected modules of src, ${PACKAGES.join(' or ')}`);
    },
    logLevel: 'silent',
  });
  try {
    const { output } = await building.generate({ format: 'esm', minify: true });
    return output[0].code;
  } finally {
    await building.close();
  }
}

function hashOf(files: readonly (readonly [string, string])[]): string {
  const hash = createHash('sha256');
  for (const [path, text] of files) hash.update(path).update('\0').update(text).update('\0');
  return hash.digest('hex').slice(0, 16);
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** What the build depends on, for the builder, which asks whether it is up to date. */
export const CONSOLE_INPUTS = ['src/console', 'src/domain', 'tools/build-console.ts'];

/** Where the API looks for it, below the package's root. */
export const CONSOLE_FOLDER = 'dist/console';
