import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ensureChromium } from '../../../dev/stack/browser/ensure-chromium.ts';
import { silentProgress } from '../../../src/local/progress.ts';
import { program, scratchFolder } from './scratch.ts';

const DEBIAN = 'ID=debian\n';

/** A machine with nothing on PATH. */
async function machine(overrides: { isRoot?: boolean; osRelease?: string } = {}) {
  const root = await scratchFolder();
  const env = { PATH: join(root, 'bin'), MENDLOOP_CACHE: join(root, 'cache') };
  const playwright = join(root, 'playwright', 'cli.js');
  await mkdir(join(root, 'playwright'), { recursive: true });
  return {
    root,
    // Only what the test itself puts there counts as installed.
    options: {
      ...{ progress: silentProgress, env, places: [], playwright },
      ...{ isRoot: true, osRelease: DEBIAN, ...overrides },
    },
  };
}

async function script(file: string, text: string): Promise<void> {
  await program(file, '');
  await writeFile(file, `#!/bin/sh\n${text}\n`);
}

describe('ensureChromium', () => {
  it('takes what is installed, without installing anything', async () => {
    const { root, options } = await machine();
    const chrome = await program(join(root, 'bin', 'google-chrome'), 'Chrome');
    await script(join(root, 'bin', 'apt-get'), 'exit 9');
    expect(await ensureChromium(options)).toBe(chrome);
  });

  it('installs the package as root, after an update where the lists are empty, and only once for two who ask', async () => {
    const { root, options } = await machine();
    const log = join(root, 'apt.log');
    const chromium = join(root, 'bin', 'chromium');
    await script(
      join(root, 'bin', 'apt-get'),
      `echo "$@" >> ${log}
case "$*" in
  *update*) : > ${root}/lists ;;
  *) [ -e ${root}/lists ] || { echo 'E: Unable to locate package chromium' >&2; exit 100; }
     printf '#!/bin/sh\\n' > ${chromium}; /bin/chmod +x ${chromium} ;;
esac`,
    );
    expect(await Promise.all([ensureChromium(options), ensureChromium(options)])).toEqual([chromium, chromium]);
    const calls = (await readFile(log, 'utf8')).trim().split('\n');
    expect(calls).toHaveLength(3);
    expect(calls[0]).toMatch(/install -y .*chromium fonts-liberation$/);
    expect(calls[1]).toMatch(/update/);
    expect(calls[2]).toEqual(calls[0]);
  });

  it('has Playwright download one where packages cannot be installed, and finds it again', async () => {
    const { root, options } = await machine({ isRoot: false });
    const folder = join(root, 'playwright');
    await writeFile(
      options.playwright,
      `const { mkdirSync, writeFileSync } = require('node:fs');
const folder = process.env.PLAYWRIGHT_BROWSERS_PATH + '/chromium-1/chrome-linux';
mkdirSync(folder, { recursive: true });
writeFileSync(folder + '/chrome', '#!/bin/sh\\n', { mode: 0o755 });`,
    );
    await writeFile(
      join(folder, 'index.js'),
      `exports.chromium = { executablePath: () => process.env.PLAYWRIGHT_BROWSERS_PATH + '/chromium-1/chrome-linux/chrome' };`,
    );
    const path = join(root, 'cache', 'browsers', 'chromium-1', 'chrome-linux', 'chrome');
    expect(await ensureChromium(options)).toBe(path);
    await writeFile(options.playwright, 'process.exit(1)');
    expect(await ensureChromium(options)).toBe(path);
  });

  it('says what was tried and what to install where there is none', async () => {
    const { options } = await machine({ osRelease: 'ID=fedora\n' });
    await writeFile(options.playwright, `console.error('no network'); process.exit(3)`);
    await expect(ensureChromium(options)).rejects.toThrow(
      /tried in this order:\n {2}PATH .*\n {2}Debian +not a Debian-like system\n {2}Playwright .*exit code 3.*no network[^]*sudo apt-get install chromium/,
    );
  });
});
