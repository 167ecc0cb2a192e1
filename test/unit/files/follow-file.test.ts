import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FollowedFile, followFile } from '../../../src/clients/files/follow-file.ts';
import { openPolicyBundle } from '../../../src/clients/policy/policy-bundle.ts';
import { packageRoot } from '../../../src/local/package-root.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mendloop-follow-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const replace = async (path: string, text: string) => {
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
};

describe('a followed file', () => {
  let file: FollowedFile | undefined;
  afterEach(() => file?.close());

  it('is told as it is, changed in place, replaced, gone, and back', async () => {
    const path = join(folder, 'file');
    await writeFile(path, 'one');
    const told: string[] = [];
    file = followFile({
      path,
      onContent: (content) => void told.push(content.toString()),
      onMissing: () => void told.push('(missing)'),
    });
    await file.ready;
    const steps: [() => Promise<void>, string][] = [
      [() => writeFile(path, 'two'), 'two'],
      [() => replace(path, 'three'), 'three'],
      [() => rm(path), '(missing)'],
      [() => replace(path, 'three'), 'three'],
    ];
    const expected = ['one'];
    for (const [change, what] of steps) {
      await change();
      expected.push(what);
      await expect.poll(() => told).toEqual(expected);
    }
  });
});

describe('the follower', () => {
  it('is the only one there is', async () => {
    const sources = (await readdir(join(packageRoot(), 'src'), { recursive: true })).filter((name) =>
      name.endsWith('.ts'),
    );
    const watching: string[] = [];
    for (const name of sources) {
      const text = await readFile(join(packageRoot(), 'src', name), 'utf8');
      if (/\bwatch\b[^;]*from 'node:fs(?:\/promises)?'/.test(text)) watching.push(name);
    }
    expect(watching).toEqual([join('clients', 'files', 'follow-file.ts')]);
  });

  it('follows the policy bundle: each fault is told once', async () => {
    const path = join(folder, 'policy.tar.gz');
    const faults: string[] = [];
    const policy = await openPolicyBundle({ path, onError: ({ message }) => void faults.push(message) });
    try {
      expect(faults).toEqual([expect.stringContaining('cannot be read')]);
      await replace(path, 'no bundle');
      await expect.poll(() => faults).toEqual([expect.any(String), expect.stringContaining('cannot be used')]);
      expect(policy.ready).toBe(false);
    } finally {
      await policy.close();
    }
  });
});
