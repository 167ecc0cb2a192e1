import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import ts from 'typescript';
import { packageRoot } from '../src/stack/package-root.ts';

const ENTRY = 'console/main.ts';
const STATIC = 'console/static';

export interface ConsoleBuild {
  /** Holds `src`. */
  readonly root?: string;
  /** Is emptied first. */
  readonly output: string;
}

/**
 * Writes the console as browsers take it: the modules that its entry reaches, each without its types, the static files,
 * and the page itself, which names them all. They lie below the hash of all of them, so that browsers may keep them.
 *
 * @throws Error for a module that reaches a package: there is none in a browser.
 */
export function buildConsole({ root = packageRoot(), output }: ConsoleBuild): void {
  const source = join(root, 'src');
  const modules = modulesFrom(source);
  const others = readdirSync(join(source, STATIC)).filter((name) => name !== 'index.html');
  const files = new Map<string, string>([
    ...modules,
    ...others.map((name): [string, string] => [`static/${name}`, readFileSync(join(source, STATIC, name), 'utf8')]),
  ]);
  const page = readFileSync(join(source, STATIC, 'index.html'), 'utf8');
  const version = hashOf([...files, ['index.html', page]]);
  const base = `/console/${version}/`;
  const preloads = [...modules.keys()].map((path) => `<link rel="modulepreload" href="${base}${path}" />`);

  rmSync(output, { recursive: true, force: true });
  for (const [path, text] of files) write(join(output, version, path), text);
  write(
    join(output, 'index.html'),
    page.replaceAll('{{base}}', base).replace('<!-- modules -->', preloads.join('\n    ')),
  );
}

/** Every module that the entry reaches, by its path below `src`, as JavaScript. */
function modulesFrom(source: string): Map<string, string> {
  const modules = new Map<string, string>();
  const waiting = [ENTRY];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const name = path.replace(/\.ts$/, '.js');
    if (modules.has(name)) continue;
    const { outputText } = ts.transpileModule(readFileSync(join(source, path), 'utf8'), {
      fileName: path,
      compilerOptions: {
        target: ts.ScriptTarget.ES2024,
        module: ts.ModuleKind.ESNext,
        verbatimModuleSyntax: true,
        rewriteRelativeImportExtensions: true,
      },
    });
    modules.set(name, outputText);
    for (const { fileName } of ts.preProcessFile(outputText, true, true).importedFiles) {
      if (!fileName.startsWith('.')) throw new Error(`${path} reaches ${fileName}, which a browser does not have`);
      waiting.push(posix.join(posix.dirname(path), fileName.replace(/\.js$/, '.ts')));
    }
  }
  return new Map([...modules].sort(([one], [other]) => (one < other ? -1 : 1)));
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

/** What the build depends on, for whoever asks whether it is up to date. */
export const CONSOLE_INPUTS = ['src/console', 'src/domain', 'tools/build-console.ts'];

/** Where the API looks for it, below the package's root. */
export const CONSOLE_FOLDER = 'dist/console';
