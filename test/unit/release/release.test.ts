import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { packageRoot } from '../../../src/local/package-root.ts';
import { releaseEntry } from '../../../tools/release/changelog.ts';
import { imageMetadata } from '../../../tools/release/image-metadata.ts';
import { checkVersions, setVersions } from '../../../tools/release/versions.ts';

const root = packageRoot();

describe("the changelog's entry", () => {
  const at = { version: '1.2.0', date: '2026-12-01' };
  const changelog = '# Changelog\n\n## [Unreleased]\n\n### Added\n\n- A thing.\n\n## [1.1.0] - 2026-01-01\n\n- Old.\n';

  it('is made of what is unreleased, and leaves that empty', () => {
    const { changelog: after, notes } = releaseEntry(changelog, at);
    expect(notes).toBe('### Added\n\n- A thing.');
    expect(after).toContain('## [Unreleased]\n\n## [1.2.0] - 2026-12-01\n\n### Added');
    expect(after.replace('\n\n## [1.2.0] - 2026-12-01', '')).toBe(changelog);
  });

  it('is left as it is where it is there already', () => {
    const once = releaseEntry(changelog, at).changelog;
    expect(releaseEntry(once, { ...at, date: '2027-01-01' })).toEqual({
      changelog: once,
      notes: '### Added\n\n- A thing.',
    });
  });

  it('is refused where there is nothing to release', () => {
    expect(() => releaseEntry('# Changelog\n\n## [Unreleased]\n\n## [1.1.0] - x\n', at)).toThrow('nothing to release');
    expect(() => releaseEntry('# Changelog\n', at)).toThrow('has no');
  });
});

describe('the version', () => {
  const files = ['package.json', 'package-lock.json', 'helm/mendloop/Chart.yaml'];
  function copied(): string {
    const folder = mkdtempSync(join(tmpdir(), 'mendloop-version-'));
    onTestFinished(() => {
      rmSync(folder, { recursive: true });
    });
    for (const file of files) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      cpSync(join(root, file), join(folder, file));
    }
    return folder;
  }

  it('is the same in every file that says one, and another is refused', async () => {
    const version = await checkVersions(root);
    expect(version).toMatch(/^\d+\.\d+\.\d+/);
    await expect(checkVersions(root, '99.0.0')).rejects.toThrow('package.json says version');
  });

  it('is written into all of them, and nothing else is', async () => {
    const folder = copied();
    const before = await checkVersions(folder);
    await setVersions(folder, '1.2.3-rc.1');
    expect(await checkVersions(folder)).toBe('1.2.3-rc.1');
    for (const file of files) {
      const changed = readFileSync(join(folder, file), 'utf8').split('\n');
      const lines = readFileSync(join(root, file), 'utf8').split('\n');
      const differing = lines.flatMap((line, index) => (line === changed[index] ? [] : [line]));
      expect(differing.length).toBe(file === 'package.json' ? 1 : 2);
      for (const line of differing) expect(line).toContain(before);
    }
    await expect(setVersions(folder, 'latest')).rejects.toThrow('invalid --version');
  });
});

it("the images' tags are those that the chart asks for", () => {
  const facts = { version: '1.2.3', revision: 'abc', created: 'now', description: 'd', license: 'l' };
  const values = readFileSync(join(root, 'helm/mendloop/values.yaml'), 'utf8');
  const [, repository = ''] = /repository: (\S+)/.exec(values) ?? [];
  const images = imageMetadata(facts);
  expect(images.map(({ target, tags }) => [target, tags])).toEqual([
    ['plain', [`${repository}:1.2.3`]],
    ['standalone', [`${repository}:1.2.3-standalone`]],
  ]);
  for (const { labels } of images) expect(labels['org.opencontainers.image.revision']).toBe('abc');
});
