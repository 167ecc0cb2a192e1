import { ConfigError, type ConfigProblem } from './config-error.ts';
import { type Config, configSchema, type SecretRef, secretSchema } from './schema.ts';
import { formatKey } from './schema-problems.ts';
import { faultOfKeyFile, faultOfSecret } from './secret-demands.ts';
import { resolveSecret } from './secret.ts';
import { type NamedSecret, sharedSecrets } from './shared-secrets.ts';
import { faultsOfTls } from './tls-files.ts';
import { type KeyPath, walkValues } from './walk-schema.ts';

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
      // It opens the store, whose retention, shipping and signing are the workers'.
      return ['api', 'flags', 'policy', 'audit.store.password', 'audit.store.tls', 'orders'];
    case 'worker':
      // It signs the links in notices; callers of the API are not its concern, and it cannot vote.
      return [...keys.filter((key) => key !== 'api' && key !== 'orders'), 'api.linkSecret'];
  }
}

/**
 * Sees at start that every secret which the settings name can be read, is strong enough, is used in one place, and is of
 * the form that its use needs; and that TLS files can be used.
 *
 * @throws ConfigError with each that is not: its key and its variable or file, never a value.
 */
export function checkSecrets(config: Config, { env = process.env, within }: CheckSecretsOptions = {}): void {
  const problems: ConfigProblem[] = [];
  const secrets: NamedSecret[] = [];
  const note = (path: KeyPath, message: string | undefined) => {
    if (message !== undefined) problems.push({ key: formatKey(path), message });
  };
  walkValues(configSchema, config, ({ path, value, schemas }) => {
    if (within !== undefined && !within.some((key) => isBelow(key, path))) return;
    // It is another process's, which has no signing key.
    if (config.audit.prune === 'apart' && isBelow('audit.store.retention', path)) return;
    if (schemas.includes(secretSchema)) {
      const secret = valueOr(() => resolveSecret(value as SecretRef, env));
      if ('fault' in secret) {
        note(path, secret.fault);
      } else {
        secrets.push({ path, value: secret.value });
        note(path, faultOfSecret(path, secret.value));
      }
    } else if (path.at(-1) === 'tls' && typeof value === 'object' && value !== null) {
      for (const fault of faultsOfTls(value)) note([...path, ...fault.path], fault.message);
    } else if (path.at(-2) === 'trustedKeyFiles' && typeof value === 'string') {
      note(path, faultOfKeyFile(value));
    }
  });
  for (const { path, message } of sharedSecrets(secrets)) note(path, message);
  if (problems.length > 0) throw new ConfigError('the configuration', problems);
}

function isBelow(key: string, path: KeyPath): boolean {
  return key.split('.').every((name, index) => name === path[index]);
}

function valueOr(use: () => string): { value: string } | { fault: string } {
  try {
    return { value: use() };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : 'cannot be read' };
  }
}
