import { execFile } from 'node:child_process';
import { chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type ManagedProcess, Stack, Supervisor } from '../../../dev/stack/index.ts';
import type { Image } from './image.ts';
import { type Place, relay } from './relay.ts';

export interface Mount {
  /** A folder of this machine. */
  readonly source: string;
  /** In the container. */
  readonly path: string;
  readonly readOnly: boolean;
}

export interface ContainerSpec {
  readonly name: string;
  readonly image: Image;
  /** The whole command line. */
  readonly command: readonly string[];
  /** Beside the image's own. */
  readonly env: Readonly<Record<string, string>>;
  readonly mounts: readonly Mount[];
  readonly readOnlyRoot: boolean;
  readonly user: { readonly uid: number; readonly gid: number };
  /** Ports of 127.0.0.1 on this machine that are reached from inside, under the same number. */
  readonly reaches?: readonly number[];
  /** Ports that the container serves. */
  readonly serves?: readonly number[];
  /** Names that lead to the container's own 127.0.0.1. */
  readonly hosts?: readonly string[];
  /** Asked until it holds; absent: the container is a Job, which runs to its end. */
  readonly ready?: (urls: ReadonlyMap<number, string>) => Promise<boolean>;
  readonly graceMs?: number;
}

export interface Container {
  readonly process: ManagedProcess;
  /** Where this machine reaches each port that the container serves. */
  readonly urls: ReadonlyMap<number, string>;
  /** Runs one more program inside, as `kubectl exec` does. */
  exec(command: readonly string[]): Promise<{ readonly stdout: string; readonly stderr: string }>;
  /** What it has written. */
  readonly logFile: string;
  stop(): Promise<void>;
}

const isRoot = process.getuid?.() === 0;
const RELAY = join(import.meta.dirname, 'relay-main.ts');

/** Of this machine, in place of the image's base: C libraries and the kernel's own files. */
const SYSTEM = ['/lib', '/lib64', '/usr/lib', '/dev'];

/**
 * Runs a container's process as a container engine does, without one: in mount, PID and network namespaces of its own, on
 * the image's files and nothing else, with a root that it cannot write, as process 1. Whoever is not root is so in a user
 * namespace. Rejects with what it wrote last when it ends before it is ready.
 */
export async function startContainer(spec: ContainerSpec): Promise<Container> {
  const stack = new Stack();
  const folder = await mkdtemp(join(tmpdir(), `mendloop-container-`));
  stack.add({ stop: () => rm(folder, { recursive: true, force: true }) });
  try {
    const { inside, urls } = await network(spec, folder, stack);
    const root = join(folder, 'root');
    const script = await filesystem(spec, root);
    const env = { ...spec.image.env, ...spec.env };
    await writeFile(join(folder, 'start.sh'), [...script, ...begin({ spec, root, env, inside })].join('\n'));
    const supervisor = stack.add(new Supervisor({ logDir: folder }));
    const child = await supervisor.start({
      name: spec.name,
      command: 'unshare',
      args: [...NAMESPACES, 'sh', join(folder, 'start.sh')],
      ready: () => spec.ready?.(urls) ?? Promise.resolve(true),
      readyWithinMs: 180_000,
      graceMs: spec.graceMs ?? 30_000,
    });
    return {
      process: child,
      urls,
      logFile: child.logFile,
      exec: (command) => enter({ spec, root, env, pid: child.pid, command }),
      stop: () => stack.stop(),
    };
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

/** Runs a container to its end; gives its code and what it wrote. */
export async function runContainer(spec: Omit<ContainerSpec, 'ready'>): Promise<{ code: string; log: string }> {
  const container = await startContainer(spec);
  try {
    const { message } = await container.process.ended;
    const [, code = ''] = /ended with (?:exit code )?(\w+)/.exec(message) ?? [];
    return { code, log: container.process.logTail() };
  } finally {
    await container.stop();
  }
}

const NAMESPACES = [
  ...(isRoot ? [] : ['--user', '--map-root-user']),
  ...['--mount', '--net', '--pid', '--fork', '--kill-child'],
];

/** The container's network has its own loopback and no more; what it reaches and serves goes through sockets in a folder. */
async function network(spec: ContainerSpec, folder: string, stack: Stack) {
  const { reaches = [], serves = [] } = spec;
  const inside: [Place, Place][] = [];
  const urls = new Map<number, string>();
  for (const port of new Set(reaches)) {
    const path = join(folder, `out-${port}`);
    stack.add(await relay({ path }, { port }));
    inside.push([{ port }, { path }]);
  }
  for (const port of serves) {
    const path = join(folder, `in-${port}`);
    const served = stack.add(await relay({ port: 0 }, { path }));
    inside.push([{ path }, { port }]);
    urls.set(port, `http://127.0.0.1:${served.port}`);
  }
  return { inside, urls };
}

/** Makes the mount points, and says how to mount on them. */
async function filesystem(spec: ContainerSpec, root: string): Promise<string[]> {
  const { image, mounts, readOnlyRoot, user, hosts = [] } = spec;
  const lines = ['set -e', 'mount --make-rprivate /'];
  const bind = async (source: string, path: string, readOnly: boolean) => {
    await mkdir(join(root, path), { recursive: true });
    const [from, to] = [quote(source), quote(join(root, path))];
    lines.push(`mount --rbind ${from} ${to}`);
    if (readOnly) lines.push(`mount -o remount,bind,ro ${to}`);
  };
  await mkdir(join(root, 'etc'), { recursive: true });
  await writeFile(join(root, 'etc', 'passwd'), 'root:x:0:0:root:/root:/sbin/nologin\n');
  await writeFile(join(root, 'etc', 'nsswitch.conf'), 'hosts: files dns\n');
  await writeFile(join(root, 'etc', 'hosts'), `127.0.0.1 localhost ${hosts.join(' ')}\n`);
  lines.push(`mount --bind ${quote(root)} ${quote(root)}`);
  for (const path of SYSTEM) await bind(path, path, path !== '/dev');
  for (const path of ['app', 'nodejs', 'opt']) {
    await mkdir(join(image.folder, path), { recursive: true });
    await bind(join(image.folder, path), `/${path}`, readOnlyRoot);
  }
  await mkdir(join(root, 'proc'));
  lines.push(`mount -t proc proc ${quote(join(root, 'proc'))}`);
  // What lies deeper is mounted later, or it would be hidden.
  for (const { source, path, readOnly } of mounts.toSorted((a, b) => a.path.length - b.path.length)) {
    if (!readOnly && isRoot) await chown(source, user.uid, user.gid);
    await bind(source, path, readOnly);
  }
  if (readOnlyRoot) lines.push(`mount -o remount,bind,ro ${quote(root)}`);
  return lines;
}

interface Begin {
  readonly spec: ContainerSpec;
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
  readonly inside: readonly (readonly [Place, Place])[];
}

function begin({ spec, root, env, inside }: Begin): string[] {
  const relays = [process.execPath, RELAY, JSON.stringify(inside)].map(quote).join(' ');
  return [
    'ip link set lo up',
    // In a session of its own: what asks the container to stop does not mean it.
    `NODE_OPTIONS= setsid ${relays} &`,
    `exec ${inRoot({ spec, root, env, command: spec.command }).map(quote).join(' ')}`,
    '',
  ];
}

type InRoot = Pick<Begin, 'spec' | 'root' | 'env'> & { readonly command: readonly string[] };

function inRoot({ spec, root, env, command }: InRoot): string[] {
  const { uid, gid } = spec.user;
  const as = isRoot ? [`--userspec=${uid}:${gid}`, '--groups='] : [];
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return ['env', '-i', ...variables, '/usr/sbin/chroot', ...as, root, ...command];
}

async function enter({ spec, root, env, pid, command }: InRoot & { readonly pid: number }) {
  const { stdout } = await promisify(execFile)('pgrep', ['-P', String(pid)]);
  const [child = ''] = stdout.split('\n');
  const args = ['--target', child, ...NAMESPACES.filter((one) => !/fork|kill|map/.test(one))];
  return await promisify(execFile)('nsenter', [...args, ...inRoot({ spec, root, env, command })]);
}

const quote = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** Of this machine's user, where it is not root: namespaces make no other. */
export function userOf(uid: number, gid: number): ContainerSpec['user'] {
  return isRoot ? { uid, gid } : { uid: process.getuid?.() ?? uid, gid: process.getgid?.() ?? gid };
}

/** A folder with files that only the container's group can read, as the kubelet projects Secrets. */
export async function writeVolume(folder: string, files: Readonly<Record<string, string | Buffer>>, gid: number) {
  await mkdir(folder, { recursive: true, mode: 0o750 });
  if (isRoot) await chown(folder, 0, gid);
  for (const [name, content] of Object.entries(files)) {
    const file = join(folder, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content, { mode: 0o440 });
    if (isRoot) await chown(file, 0, gid);
  }
}
