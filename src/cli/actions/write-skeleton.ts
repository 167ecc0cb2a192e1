import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ACTIONS } from '../../domain/actions/index.ts';
import { type Skeleton, skeletonOf } from './skeleton.ts';

/**
 * Writes the skeleton of an action into a checkout, and its lines into the catalogue; overwrites nothing. Gives what is left to be
 * done, for people.
 */
export async function writeSkeleton(checkout: string, name: string): Promise<string> {
  if (!/^[a-z]+(_[a-z]+)*$/.test(name)) {
    throw new Error(`${name} is no name of an action: expected words in lower case, as rotate_log`);
  }
  if (Object.hasOwn(ACTIONS, name)) throw new Error(`there is an action ${name} already`);
  if (!existsSync(join(checkout, 'src/domain/actions/contract.ts'))) {
    throw new Error(`${checkout} is no checkout of Mendloop: actions are part of its sources`);
  }
  const { files, lines } = skeletonOf(name);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(checkout, path)), { recursive: true });
    await writeFile(join(checkout, path), text, { flag: 'wx' });
  }
  for (const entry of lines) await enter(checkout, name, entry);
  const written = [...Object.keys(files), ...lines.map(({ file }) => file)];
  return [
    ...Object.keys(files).map((path) => `wrote ${path}`),
    ...lines.map(({ file }) => `added its line to ${file}`),
    '',
    'Now what is made from the catalogue, and its tests:',
    `  npx prettier --write ${written.join(' ')}`,
    '  node tools/chart/generate.ts && node tools/policy-data-schema.ts && node tools/docs/generate.ts',
    `  npx vitest run test/unit/actions && npx vitest run test/integration/actions/every-action.test.ts -t '^${name} '`,
  ].join('\n');
}

/** In the order of names. */
async function enter(checkout: string, name: string, { file, line }: Skeleton['lines'][number]): Promise<void> {
  const path = join(checkout, file);
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
  const next = lines.findIndex((other) => (/^export \{ \w+ as (\w+) \}/.exec(other)?.[1] ?? '') > name);
  lines.splice(next === -1 ? lines.length : next, 0, line);
  await writeFile(path, `${lines.join('\n')}\n`);
}
