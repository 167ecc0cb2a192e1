import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { silentProgress } from '../../../src/local/progress.ts';
import { packagesOf } from '../../../src/local/servers/apt.ts';
import { ensurePostgres } from '../../../src/local/servers/postgres-programs.ts';
import { program, scratchFolder } from './scratch.ts';

async function machine() {
  const root = await scratchFolder();
  const install = async (folder: string, version: string, names = ['initdb', 'postgres']) => {
    for (const name of names) await program(join(root, folder, name), `${name} (PostgreSQL) ${version} (Debian)`);
  };
  // Without a shell on PATH the stand-ins still run: their interpreter is named by its whole path.
  const find = () =>
    ensurePostgres({
      progress: silentProgress,
      env: { PATH: join(root, 'path'), MENDLOOP_CACHE: join(root, 'cache') },
      debianFolder: join(root, 'debian'),
    });
  return { root, install, find };
}

describe('PostgreSQL', () => {
  it('is taken from PATH first, then from where Debian installs it, the newest first', async () => {
    const { root, install, find } = await machine();
    await install('debian/15/bin', '15.18');
    await install('debian/17/bin', '17.2');
    await install('debian/9/bin', '9.6');
    expect(await find()).toMatchObject({ version: '17.2', postgres: join(root, 'debian/17/bin/postgres'), env: {} });
    await install('path', '16.1');
    expect(await find()).toMatchObject({ version: '16.1', initdb: join(root, 'path/initdb') });
  });

  it('is passed over where it is too old, or a program is missing', async () => {
    const { install, find } = await machine();
    await install('path', '13.11');
    await install('debian/16/bin', '16.1', ['postgres']);
    await install('debian/15/bin', '15.18');
    expect(await find()).toMatchObject({ version: '15.18' });
  });

  it('is found in the cache with the libraries that were extracted with it', async () => {
    const { root, install, find } = await machine();
    const tree = join(root, 'cache', 'postgresql');
    await install('cache/postgresql/usr/lib/postgresql/15/bin', '15.20', ['initdb', 'postgres', 'pg_dump']);
    // Without the programs of clients it would not do for a copy.
    await install('cache/postgresql/usr/lib/postgresql/17/bin', '17.2');
    await install('cache/postgresql/usr/lib/x86_64-linux-gnu', '', ['libpq.so.5']);
    expect(await find()).toMatchObject({
      version: '15.20',
      tree,
      env: { LD_LIBRARY_PATH: join(tree, 'usr/lib/x86_64-linux-gnu') },
    });
  });

  it('is missed with a word on what helps', async () => {
    const { find } = await machine();
    await expect(find()).rejects.toThrow(
      /PostgreSQL 14 or newer could not be had: .*\nWhat helps: install PostgreSQL/s,
    );
  });
});

it('reads from a simulation what apt would install', () => {
  const simulation = [
    'NOTE: This is only a simulation!',
    'Inst libpq5 [15.1] (15.20-0+deb12u1 Debian-Security:12/oldstable-security [amd64])',
    'Inst libxml2:amd64 (2.9.14 Debian:12 [amd64])',
    'Inst postgresql-15 (15.20-0+deb12u1 Debian-Security:12/oldstable-security [amd64])',
    'Conf libpq5 (15.20-0+deb12u1 Debian-Security:12/oldstable-security [amd64])',
  ];
  expect(packagesOf(simulation.join('\n'))).toEqual(['libpq5', 'libxml2', 'postgresql-15']);
});
