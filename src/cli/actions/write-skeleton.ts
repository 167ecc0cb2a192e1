import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ACTIONS } from '../../domain/actions/index.ts';
import { skeletonOf } from './skeleton.ts';

/** Writes the skeleton of an action into a checkout, and overwrites nothing. Gives what is left to be done, for people. */
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
  return [
    ...Object.keys(files).map((path) => `wrote ${path}`),
    '',
    'Now add one line to each of the two maps:',
    ...lines.map(({ file, line }) => `  ${file}: ${line}`),
    '',
    'Then: npx prettier --write src test && node tools/chart/generate.ts && node tools/docs/generate.ts',
    `      npx vitest run test/unit/actions && npx vitest run test/integration/actions/every-action.test.ts -t '^${name} '`,
  ].join('\n');
}
