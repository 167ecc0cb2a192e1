import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ConfigError } from './config-error.ts';
import { type Config, configSchema } from './schema.ts';
import { schemaProblems } from './schema-problems.ts';
import { parseYaml } from './yaml-source.ts';

/** The file that is read where none is named. */
const DEFAULT_FILE = 'mendloop.yaml';

export interface LoadConfigOptions {
  /** The file; absent: `$MENDLOOP_CONFIG`, else `mendloop.yaml` in the working folder if it exists, else defaults. */
  readonly path?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Where `mendloop.yaml` is looked for. */
  readonly folder?: string;
}

/**
 * The settings with all defaults filled in, frozen at every depth. Secrets are not read: see `checkSecrets`.
 *
 * @throws ConfigError with everything that is wrong, each with its key and line.
 */
export function loadConfig(options: LoadConfigOptions = {}): Config {
  const { source, text } = findSettings(options);
  const yaml = parseYaml(text);
  // A file that cannot be read as YAML has no keys to complain about.
  const unreadable = yaml.value === undefined && yaml.problems.length > 0;
  const result = unreadable ? undefined : configSchema.safeParse(yaml.value ?? {}, { reportInput: true });
  const problems = [...yaml.problems, ...schemaProblems(result?.error?.issues ?? [], (path) => yaml.positionOf(path))];
  if (result?.success !== true || problems.length > 0) throw new ConfigError(source, problems.toSorted(byLine));
  return deepFreeze(result.data);
}

/** The file that is read with these options, as an absolute path; undefined where there is none. */
export function settingsFile(options: LoadConfigOptions = {}): string | undefined {
  const { named, source } = placeOf(options);
  return named !== undefined || existsSync(source) ? resolve(source) : undefined;
}

function placeOf({ path, env = process.env, folder = '.' }: LoadConfigOptions) {
  const fromEnv = env['MENDLOOP_CONFIG'];
  const named = path ?? (fromEnv === '' ? undefined : fromEnv);
  return { named, source: named ?? join(folder, DEFAULT_FILE) };
}

function findSettings(options: LoadConfigOptions): { source: string; text: string } {
  const { path } = options;
  const { named, source } = placeOf(options);
  try {
    return { source, text: readFileSync(source, 'utf8') };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    if (named === undefined && code === 'ENOENT') return { source: 'the default settings', text: '' };
    const whence = path === undefined && named !== undefined ? ' ($MENDLOOP_CONFIG)' : '';
    throw new ConfigError(`${source}${whence}`, [{ key: '', message: `the file cannot be read (${code})` }]);
  }
}

function byLine(one: { line?: number; column?: number }, other: { line?: number; column?: number }): number {
  return (one.line ?? 0) - (other.line ?? 0) || (one.column ?? 0) - (other.column ?? 0);
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}
