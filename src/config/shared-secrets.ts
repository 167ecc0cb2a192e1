import { formatKey } from './schema-problems.ts';
import type { KeyPath } from './walk-schema.ts';

export interface NamedSecret {
  readonly path: KeyPath;
  readonly value: string;
}

/** Keys whose secrets Mendloop itself asks for or signs with: who knows one must not know another by it. */
const OURS = /^api\.|^audit\.|^orders\.|[sS]igningSecret$/;

/** Two receivers may be one. */
const SHARED = /\.signingSecret$/;

/**
 * Secrets that stand under two keys although one of them is Mendloop's own: two people could not be told apart, the
 * webhook's token would be a person's, another system could sign in our name.
 */
export function sharedSecrets(secrets: readonly NamedSecret[]): { path: KeyPath; message: string }[] {
  return secrets.flatMap(({ path, value }, index) => {
    const key = formatKey(path);
    const first = secrets.slice(0, index).find((other) => {
      const otherKey = formatKey(other.path);
      if (bare(other.value) !== bare(value) || (!OURS.test(key) && !OURS.test(otherKey))) return false;
      return !(SHARED.test(key) && SHARED.test(otherKey));
    });
    if (first === undefined) return [];
    return [{ path, message: `is the same secret as ${formatKey(first.path)}: each needs one of its own` }];
  });
}

/** The same key in another wrapping is the same key. */
const bare = (value: string): string => value.trim().replace(/^whsec_/, '');
