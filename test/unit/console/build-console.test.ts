import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { buildConsole } from '../../../tools/build-console.ts';
import { scratchFolder } from '../stack/scratch.ts';

async function project(files: Record<string, string>): Promise<string> {
  const root = await scratchFolder();
  const all = {
    'console/static/index.html': '<!-- modules --><script src="{{base}}console/main.js"></script>',
    ...files,
  };
  for (const [path, text] of Object.entries(all)) {
    await mkdir(join(root, 'src', path, '..'), { recursive: true });
    await writeFile(join(root, 'src', path), text);
  }
  return root;
}

it('takes along what the entry reaches, without its types, and nothing else', async () => {
  const root = await project({
    'console/main.ts':
      "import type { A } from './types.ts';\nimport { b } from '../domain/b.ts';\nconst a: A = b;\nconsole.log(a);",
    'console/types.ts': 'export type A = number;',
    'domain/b.ts': 'export const b: number = 1;',
    'domain/unused.ts': 'export const c = 2;',
  });
  const output = join(root, 'out');
  buildConsole({ root, output });
  const page = await readFile(join(output, 'index.html'), 'utf8');
  const [, version = ''] = /src="\/console\/([0-9a-f]{16})\/console\/main\.js"/.exec(page) ?? [];
  expect(page).toContain(`<link rel="modulepreload" href="/console/${version}/domain/b.js" />`);
  expect(
    (await readdir(join(output, version), { recursive: true })).filter((name) => name.endsWith('.js')).sort(),
  ).toEqual(['console/main.js', 'domain/b.js']);
  expect(await readFile(join(output, version, 'console/main.js'), 'utf8')).toMatch(/from ['"]\.\.\/domain\/b\.js['"]/);

  await writeFile(join(root, 'src/domain/b.ts'), 'export const b: number = 2;');
  buildConsole({ root, output });
  expect(await readdir(output)).not.toContain(version);
});

it.each(['zod', 'node:fs'])('refuses a module that reaches %s', async (name) => {
  const root = await project({ 'console/main.ts': `import '${name}';` });
  expect(() => buildConsole({ root, output: join(root, 'out') })).toThrow(`console/main.ts reaches ${name}`);
});
