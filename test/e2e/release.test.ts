import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ensureServers, terminalProgress } from '../../dev/stack/index.ts';
import { packageRoot } from '../../src/local/package-root.ts';

const root = packageRoot();
const run = promisify(execFile);
const { version, dependencies, devDependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
  version: string;
  dependencies: Readonly<Record<string, string>>;
  devDependencies: Readonly<Record<string, string>>;
};

describe('what `make release` makes', () => {
  let folder: string;
  let before: string;
  const read = (path: string) => readFile(join(folder, path), 'utf8');
  const state = async () => (await run('git', ['status', '--porcelain'], { cwd: root })).stdout;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mendloop-release-'));
    before = await state();
    await run(process.execPath, [join(root, 'tools', 'release', 'release.ts'), '--output', folder], { cwd: root });
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('leaves the sources as they are', async () => {
    expect(await state()).toBe(before);
  });

  it('is summed up: every file with its hash', async () => {
    const lines = (await read('SHA256SUMS')).trim().split('\n');
    expect(lines.map((line) => line.split('  ')[1])).toEqual([
      ...['CHANGELOG.md', `chart/mendloop-${version}.tgz`, 'images.json', `mendloop-${version}.cdx.json`],
      ...['notes.md', `npm/mendloop-${version}.tgz`],
    ]);
    for (const line of lines) {
      const [sum, file = ''] = line.split('  ');
      const content = await readFile(join(folder, file));
      expect(createHash('sha256').update(content).digest('hex')).toBe(sum);
    }
  });

  it('has a package that holds what runs, and nothing else: no tests, no site, no earlier release', async () => {
    const { stdout } = await run('tar', ['-tzf', join(folder, 'npm', `mendloop-${version}.tgz`)]);
    const files = stdout.split('\n');
    const needed = [
      'bin/mendloop.js',
      'dist/cli/main.js',
      'dist/policy/bundle.tar.gz',
      'tools/servers.json',
      'LICENSE',
    ];
    expect(files).toEqual(expect.arrayContaining(needed.map((file) => `package/${file}`)));
    const foreign =
      /^package\/(?:test|src|helm|examples\/flash-sale|dist\/(?:release|site|\.stamps)|tools\/[\w/-]+\.ts|.*\.map)/;
    expect(files.filter((file) => foreign.test(file))).toEqual([]);
  });

  it('has a chart that Helm takes, of the same version', async () => {
    const { helm } = await ensureServers(['helm'], { progress: terminalProgress() });
    const { stdout } = await run(helm.path, ['show', 'chart', join(folder, 'chart', `mendloop-${version}.tgz`)]);
    expect(parse(stdout)).toMatchObject({ name: 'mendloop', version, appVersion: version });
  });

  it('has a bill of materials with what is installed for production, in its versions, and nothing else', async () => {
    const bom = JSON.parse(await read(`mendloop-${version}.cdx.json`)) as {
      bomFormat: string;
      metadata: { component: { name: string; version: string } };
      components: { group?: string; name: string; version: string }[];
    };
    expect(bom.bomFormat).toBe('CycloneDX');
    expect(bom.metadata.component).toMatchObject({ name: 'mendloop', version });
    const names = new Set(bom.components.map(({ group, name }) => (group === undefined ? name : `${group}/${name}`)));
    expect(Object.keys(dependencies).filter((name) => !names.has(name))).toEqual([]);
    expect(bom.components.find(({ name }) => name === 'express')?.version).toBe(dependencies['express']);
    for (const name of ['vitest', 'eslint', 'typescript-eslint']) {
      expect(devDependencies).toHaveProperty(name);
      expect(names.has(name)).toBe(false);
    }
  });

  it('has notes that the changelog has too', async () => {
    const notes = (await read('notes.md')).trim();
    expect(notes).toContain('### Added');
    expect(await read('CHANGELOG.md')).toContain(notes);
    expect(await read('CHANGELOG.md')).toContain(`## [${version}] - 20`);
  });
});
