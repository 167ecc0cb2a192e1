import { accessSync, constants } from 'node:fs';
import { ConfigError, type ConfigProblem } from './config-error.ts';
import { type Config, configSchema, type SecretRef, secretSchema } from './schema.ts';
import { formatKey } from './schema-problems.ts';
import { resolveSecret } from './secret.ts';
import { type KeyPath, walkValues } from './walk-schema.ts';

/** Keys of an endpoint's `tls` block that name a file. */
const TLS_FILES: readonly unknown[] = ['caFile', 'certFile', 'keyFile'];

export interface CheckSecretsOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Only below these keys (`api.users`): a process that serves a part of Mendloop needs the secrets of that part alone. */
  readonly within?: readonly string[];
}

/** What runs in one process. */
export type Part = 'everything' | 'api' | 'worker';

/** The keys whose secrets a part reads. */
export function secretsOf(part: Part): readonly string[] {
  const keys = Object.keys(configSchema.shape);
  switch (part) {
    case 'everything':
      return keys;
    case 'api':
      return ['api', 'policy'];
    case 'worker':
      // It signs the links in notices; whoever calls the API is not its concern.
      return [...keys.filter((key) => key !== 'api'), 'api.linkSecret'];
  }
}

/**
 * Sees at start that every secret which the settings name can be read, and every TLS file.
 *
 * @throws ConfigError with each that cannot: its key and its variable or file, never a value.
 */
export function checkSecrets(config: Config, { env = process.env, within }: CheckSecretsOptions = {}): void {
  const problems: ConfigProblem[] = [];
  walkValues(configSchema, config, ({ path, value, schemas }) => {
    if (within !== undefined && !within.some((key) => isBelow(key, path))) return;
    const fault = schemas.includes(secretSchema)
      ? faultOf(() => resolveSecret(value as SecretRef, env))
      : path.at(-2) === 'tls' && TLS_FILES.includes(path.at(-1)) && typeof value === 'string'
        ? faultOf(() => readable(value))
        : undefined;
    if (fault !== undefined) problems.push({ key: formatKey(path), message: fault });
  });
  if (problems.length > 0) throw new ConfigError('the configuration', problems);
}

function isBelow(key: string, path: KeyPath): boolean {
  return key.split('.').every((name, index) => name === path[index]);
}

function readable(file: string): void {
  try {
    accessSync(file, constants.R_OK);
  } catch {
    throw new Error(`file ${file} cannot be read`);
  }
}

function faultOf(use: () => unknown): string | undefined {
  try {
    use();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : 'cannot be read';
  }
}
