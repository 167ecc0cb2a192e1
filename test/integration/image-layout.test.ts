import { execFile, spawn } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureServers, terminalProgress } from '../../dev/stack/index.ts';
import { packageRoot } from '../../src/local/package-root.ts';

const run = promisify(execFile);
const root = packageRoot();

/** Nobody of this machine: what it may read, everybody may, and it owns nothing. A user who is not root stays who it is. */
const STRANGER = process.getuid?.() === 0 ? { uid: 65_532, gid: 65_532 } : {};

let folder: string;
let app: string;
let node: string;

/** The files of the image, as its Dockerfile copies them from the build, with the packages that are no development's. */
beforeAll(async () => {
  await run(process.execPath, [join(root, 'tools', 'build.ts')]);
  folder = await mkdtemp(join(tmpdir(), 'mendloop-image-'));
  await chmod(folder, 0o755);
  app = join(folder, 'app');
  const dockerfile = await readFile(join(root, 'Dockerfile'), 'utf8');
  const copies = [...dockerfile.matchAll(/^COPY --from=build \/src\/(\S+) \/app\/(\S+)$/gm)];
  expect(copies.length).toBeGreaterThan(4);
  for (const [, from = '', to = ''] of copies) {
    if (from === 'node_modules') await copyPackages(join(app, to));
    else await copy(join(root, from), join(app, to));
  }
  await run(process.execPath, [join(root, 'tools', 'image', 'keep-one-bridge.ts'), app]);
  node = join(folder, 'node');
  await copyFile(process.execPath, node);
  await chmod(node, 0o755);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** By hard links: their content and modes are those of the sources, and are not changed. */
async function copy(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await run('cp', ['-al', from, to]).catch(() => run('cp', ['-a', from, to]));
}

async function copyPackages(to: string): Promise<void> {
  // It lists them all, and complains of what is there beside them.
  const listed = run('npm', ['ls', '--omit=dev', '--all', '--parseable'], { cwd: root });
  const { stdout } = await listed.catch((error: unknown) => error as { stdout: string });
  const base = join(root, 'node_modules');
  const names = stdout.split('\n').filter((path) => path.startsWith(`${base}/`));
  for (const path of names.map((one) => relative(base, one)).filter((one) => !one.includes('/node_modules/'))) {
    await copy(join(base, path), join(to, path));
  }
}

function mendloop(args: readonly string[], env: Record<string, string> = {}) {
  const options = { ...STRANGER, cwd: '/', env: { PATH: '/usr/bin:/bin', HOME: '/tmp', USER: 'mendloop', ...env } };
  return spawn(node, [join(app, 'bin', 'mendloop.js'), ...args], options);
}

async function ended(args: readonly string[]) {
  const child = mendloop(args);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, stdout, stderr };
}

describe('the files that the Dockerfile copies', () => {
  it('hold one native bridge of Temporal, and no sources', async () => {
    expect(await readdir(join(app, 'node_modules', '@temporalio', 'core-bridge', 'releases'))).toHaveLength(1);
    expect(await readdir(app)).not.toContain('src');
    expect(await readdir(join(app, 'node_modules'))).not.toContain('vitest');
  });

  it.each(['--version', '--help', 'worker --help', 'api --help', 'audit migrate --help'])(
    'run `mendloop %s` as another user, who can write nothing of them',
    async (command) => {
      const { code, stdout, stderr } = await ended(command.split(' '));
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).not.toBe('');
    },
  );

  it('run everything: `mendloop up` takes alerts and runs workflows', async () => {
    const { temporal } = await ensureServers(['temporal'], { progress: terminalProgress() });
    const programs = join(folder, 'programs');
    const state = join(folder, 'state');
    await mkdir(programs);
    await copyFile(temporal.path, join(programs, 'temporal'));
    await chmod(join(programs, 'temporal'), 0o755);
    await mkdir(state);
    await chmod(state, 0o777);
    const config = join(folder, 'mendloop.yaml');
    await writeFile(config, 'api: { port: 0 }\n');
    const child = mendloop(['up', '--json', '--config', config], {
      ...{
        PATH: `${programs}:/usr/bin:/bin`,
        MENDLOOP_STATE: join(state, 'mendloop'),
        MENDLOOP_CACHE: join(folder, 'cache'),
      },
      KUBECONFIG: '',
    });
    const closed = new Promise((resolve) => child.on('close', resolve));
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    try {
      const lines = createInterface({ input: child.stdout });
      let addresses: { webhook?: string } = {};
      for await (const line of lines) {
        addresses = JSON.parse(line) as { webhook?: string };
        if (addresses.webhook !== undefined) break;
      }
      expect(addresses.webhook, errors).toMatch(/^http/);
      const ready = await fetch(new URL('/readyz', addresses.webhook));
      expect(ready.status).toBe(200);
    } finally {
      child.kill('SIGTERM');
      await closed;
    }
  });
});

describe('.dockerignore', () => {
  it('keeps from the build nothing that it needs', async () => {
    const ignored = (await readFile(join(root, '.dockerignore'), 'utf8')).split('\n');
    for (const needed of [
      'src',
      'tools',
      'policy',
      'temporal',
      'bin',
      'dev',
      'schemas',
      'package.json',
      'package-lock.json',
    ]) {
      expect(ignored).not.toContain(needed);
    }
  });
});
