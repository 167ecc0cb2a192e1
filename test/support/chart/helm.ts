import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseAllDocuments, stringify } from 'yaml';
import { ensureServers, terminalProgress } from '../../../dev/stack/index.ts';
import { packageRoot } from '../../../src/local/package-root.ts';

export const CHART_FOLDER = join(packageRoot(), 'helm', 'mendloop');

/** As much of an object as tests look at by name; the rest they reach with `at`. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly [key: string]: unknown;
}

export interface RenderOptions {
  /** Values files, by path. */
  readonly files?: readonly string[];
  /** Values over those. */
  readonly values?: object;
  readonly release?: string;
  readonly namespace?: string;
  readonly args?: readonly string[];
}

export interface Helm {
  /** Runs Helm to its end and gives its standard output. Rejects with what it printed as an error. */
  run(...args: readonly string[]): Promise<string>;
  /** What `helm template` gives for Mendloop's chart, as text. */
  template(options?: RenderOptions): Promise<string>;
  render(options?: RenderOptions): Promise<Manifest[]>;
  /** A values file with this content, gone when the tests are. */
  valuesFile(values: object): Promise<string>;
  /** A folder of the tests' own. */
  readonly folder: string;
  close(): Promise<void>;
}

/** Helm 4, with nothing of the user's own: no repositories, plugins or caches. */
export async function startHelm(): Promise<Helm> {
  const { helm } = await ensureServers(['helm'], { progress: terminalProgress() });
  const folder = await mkdtemp(join(tmpdir(), 'mendloop-helm-'));
  const home = Object.fromEntries(
    ['CACHE', 'CONFIG', 'DATA'].map((name) => [`HELM_${name}_HOME`, join(folder, name.toLowerCase())]),
  );
  const env = { PATH: process.env['PATH'], HOME: folder, ...home };
  let serial = 0;

  async function run(...args: readonly string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(helm.path, [...args], { env, maxBuffer: 64 * 1024 * 1024 });
    return stdout;
  }
  async function valuesFile(values: object): Promise<string> {
    const file = join(folder, `values-${(serial += 1)}.yaml`);
    await writeFile(file, stringify(values));
    return file;
  }
  async function template(options: RenderOptions = {}): Promise<string> {
    const { files = [], values = {}, release = 'mendloop', namespace = 'mendloop', args = [] } = options;
    const all = [...files, await valuesFile(values)];
    const flags = all.flatMap((file) => ['--values', file]);
    return await run('template', release, CHART_FOLDER, '--namespace', namespace, ...flags, ...args);
  }
  return {
    run,
    template,
    valuesFile,
    render: async (options) => manifestsOf(await template(options)),
    folder,
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

/** The objects of a text of several documents. */
export function manifestsOf(text: string): Manifest[] {
  return parseAllDocuments(text).flatMap((document) => {
    if ('empty' in document) return [];
    const [error] = document.errors;
    if (error !== undefined) throw error;
    const value = document.toJS() as Manifest | null;
    return value === null ? [] : [value];
  });
}

/** The one object of this kind and name. */
export function pick(manifests: readonly Manifest[], kind: string, name: string): Manifest {
  const found = manifests.filter((one) => one.kind === kind && one.metadata.name === name);
  const [first] = found;
  if (first === undefined || found.length > 1) {
    const there = manifests.map((one) => `${one.kind}/${one.metadata.name}`).join(', ');
    throw new Error(`${found.length} of ${kind}/${name}; there are: ${there}`);
  }
  return first;
}

/** What stands at a path of an object: `spec.template.spec.containers.0.image`. Undefined where there is nothing. */
export function at(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (here, key) => (typeof here === 'object' && here !== null ? Reflect.get(here, key) : undefined),
      value,
    );
}
