import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { buildConsole } from '../../../tools/build-console.ts';
import { scratchFolder } from '../stack/scratch.ts';

async function project(files: Record<string, string>): Promise<string> {
  const root = await scratchFolder();
  const page = '<script type="module" src="{{base}}console.js"></script>';
  for (const [path, text] of Object.entries({ 'console/static/index.html': page, ...files })) {
    await mkdir(join(root, 'src', path, '..'), { recursive: true });
    await writeFile(join(root, 'src', path), text);
  }
  return root;
}

it('takes along what the entry reaches, below the hash of all of it', async () => {
  const root = await project({
    'console/main.ts':
      "import type { A } from './types.ts';\nimport { b } from '../domain/b.ts';\nconst a: A = b;\nconsole.log(a);",
    'console/types.ts': "import 'zod';\nexport type A = string;",
    'console/static/console.css': 'a {}',
    'domain/b.ts': "export const b: string = 'reached';\nexport const c = 'unused';",
  });
  const output = join(root, 'out');
  await buildConsole({ root, output });
  const page = await readFile(join(output, 'index.html'), 'utf8');
  const [, version = ''] = /src="\/console\/([0-9a-f]{16})\/console\.js"/.exec(page) ?? [];
  expect((await readdir(join(output, version))).sort()).toEqual(['console.css', 'console.js']);
  const code = await readFile(join(output, version, 'console.js'), 'utf8');
  expect(code).toContain('reached');
  expect(code).not.toMatch(/unused|import|: A/);

  await writeFile(join(root, 'src/domain/b.ts'), "export const b: string = 'other';");
  await buildConsole({ root, output });
  expect(await readdir(output)).not.toContain(version);
});

it.each(['zod', 'node:fs'])('refuses a module that reaches %s', async (name) => {
  const root = await project({ 'console/main.ts': `import '${name}';` });
  await expect(buildConsole({ root, output: join(root, 'out') })).rejects.toThrow(`the console reaches ${name}`);
});
