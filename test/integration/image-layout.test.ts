import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/local/package-root.ts';
import { type ContainerSpec, type Mount, runContainer, startContainer, userOf } from '../support/image/container.ts';
import { assembleImage, type Image } from '../support/image/image.ts';

let image: Image;
let folder: string;

beforeAll(async () => {
  image = await assembleImage('standalone');
  folder = await mkdtemp(join(tmpdir(), 'mendloop-layout-'));
  await chmod(folder, 0o777);
});
afterAll(async () => {
  await image.remove();
  await rm(folder, { recursive: true, force: true });
});

/** A folder that the container can write, and no other. */
async function writable(path: string): Promise<Mount> {
  const source = await mkdtemp(join(folder, 'volume-'));
  await chmod(source, 0o777);
  return { source, path, readOnly: false };
}

async function spec(args: readonly string[]): Promise<Omit<ContainerSpec, 'ready'>> {
  return {
    ...{ name: 'mendloop', image, command: [...image.entrypoint, ...args], readOnlyRoot: true },
    env: { HOME: '/tmp', USER: 'mendloop' },
    user: userOf(65_532, 65_532),
    mounts: [await writable('/tmp')],
  };
}

/** Runs JavaScript in the image, with what it has and may. */
async function script(source: string): Promise<string> {
  const [node = ''] = image.entrypoint;
  const { log } = await runContainer({ ...(await spec([])), command: [node, '--eval', source] });
  return log;
}

describe('the image', () => {
  it('holds one native bridge of Temporal, no sources, and no package of development', async () => {
    const app = join(image.folder, 'app');
    expect(await readdir(join(app, 'node_modules', '@temporalio', 'core-bridge', 'releases'))).toHaveLength(1);
    expect(await readdir(app)).not.toContain('src');
    const packages = await readdir(join(app, 'node_modules'));
    expect(packages).toContain('express');
    for (const name of ['vitest', 'typescript', 'eslint']) expect(packages).not.toContain(name);
  });

  it('cannot be written where it runs, and runs as nobody of the machine', async () => {
    const tried = ['/app/dist/x', '/x', '/opt/x', '/etc/x'].map(
      (path) =>
        `try { fs.writeFileSync('${path}', ''); console.log('wrote ${path}'); } catch (e) { console.log(e.code); }`,
    );
    expect(await script(`const fs = require('fs'); ${tried.join('')}`)).toBe('EROFS\nEROFS\nEROFS\nEROFS');
    expect(await script(`require('fs').writeFileSync('/tmp/x', ''); console.log('written')`)).toBe('written');
    const { uid } = userOf(65_532, 65_532);
    const seen = process.getuid?.() === 0 ? uid : 0; // Whoever is not root here is root of a namespace of their own.
    expect(await script('console.log(process.getuid())')).toBe(String(seen));
  });

  it.each(['--version', '--help', 'worker --help', 'api --help', 'audit migrate --help'])(
    'runs `mendloop %s`',
    async (command) => {
      const { code, log } = await runContainer(await spec(command.split(' ')));
      expect([code, log]).toEqual(['0', expect.stringMatching(/\S/)]);
      expect(log).not.toMatch(/error|warn/i);
    },
  );

  it('runs everything: by its own command it takes alerts and is ready, as process 1 and with its own Temporal', async () => {
    const { command, mounts, ...rest } = await spec(image.cmd);
    const { stdout } = await promisify(execFile)(process.execPath, [
      join(packageRoot(), 'src', 'cli', 'main.ts'),
      '--version',
    ]);
    const container = await startContainer({
      ...{ ...rest, command, serves: [8080] },
      mounts: [...mounts, await writable('/var/lib/mendloop')],
      env: { HOME: '/tmp', USER: 'mendloop', MENDLOOP_STATE: '/var/lib/mendloop/state', KUBECONFIG: '' },
      ready: async (urls) => (await fetch(`${urls.get(8080)}/readyz`)).ok,
    });
    try {
      expect((await container.exec([...image.entrypoint, '--version'])).stdout).toBe(stdout);
      expect(await readFile(container.logFile, 'utf8')).toContain('Mendloop is up');
    } finally {
      await container.stop();
    }
    expect((await container.process.ended).message).toMatch(/ended with exit code (0|143)/);
  });
});

describe('.dockerignore', () => {
  it('keeps from the build nothing that it needs', async () => {
    const ignored = (await readFile(join(packageRoot(), '.dockerignore'), 'utf8')).split('\n');
    const needed = ['src', 'tools', 'policy', 'temporal', 'bin', 'dev', 'schemas', 'package.json', 'package-lock.json'];
    expect(ignored.filter((line) => needed.includes(line))).toEqual([]);
  });
});
