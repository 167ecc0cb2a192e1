import type { z } from 'zod';
import type { ConfigProblem } from './config-error.ts';
import { explainIssues } from './explain-issues.ts';
import { configSchema, secretSchema } from './schema.ts';
import { type KeyPath, schemasAt } from './walk-schema.ts';
import type { Position } from './yaml-source.ts';

/** What the schema finds wrong, an entry for each key, in words that never repeat a value. */
export function schemaProblems(
  issues: readonly z.core.$ZodIssue[],
  positionOf: (path: KeyPath) => Position | undefined,
): ConfigProblem[] {
  return explainIssues(issues, { root: configSchema, special: aboutSecrets }).map(({ path, message }) => ({
    key: formatKey(path),
    ...positionOf(path),
    message,
  }));
}

/** A path as people write it: `notifications.channels.on-call.type`. */
export function formatKey(path: KeyPath): string {
  return path.map(String).join('.');
}

/** The one union without a key that tells its forms apart. */
function aboutSecrets({ input, path }: z.core.$ZodIssue): string | undefined {
  if (input === null || !schemasAt(configSchema, path).includes(secretSchema)) return undefined;
  return 'must be { env: VARIABLE } or { file: PATH }; a secret is named here, never written';
}
