import { globSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { cacheDir } from '../../../src/local/servers/cache-dir.ts';
import { isProgram } from '../../../src/local/servers/server-binary.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

/** Where it lies without being on PATH. */
const PLACES = [
  '/usr/bin/chromium',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** A Chromium that is there already: on PATH, in its usual places, or had from Playwright by an earlier run. */
export function findChromium({
  env = process.env,
  places = PLACES,
}: { readonly env?: NodeJS.ProcessEnv; readonly places?: readonly string[] | undefined } = {}): string | undefined {
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const downloaded = globSync('browsers/chromium-*/chrome-*/{chrome,Chromium.app/Contents/MacOS/Chromium}', {
    cwd: cacheDir(env),
  }).sort();
  return [
    ...folders.flatMap((folder) => NAMES.map((name) => join(folder, name))),
    ...places,
    ...downloaded.reverse().map((path) => join(cacheDir(env), path)),
  ].find(isProgram);
}
