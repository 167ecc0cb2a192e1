import { z } from 'zod';
import type { ConfigProblem } from './config-error.ts';
import { didYouMean } from './did-you-mean.ts';
import { configSchema, secretSchema } from './schema.ts';
import { type KeyPath, keysAt, schemasAt } from './walk-schema.ts';
import type { Position } from './yaml-source.ts';

/** What the schema finds wrong, an entry for each key, in words that never repeat a value. */
export function schemaProblems(
  issues: readonly z.core.$ZodIssue[],
  positionOf: (path: KeyPath) => Position | undefined,
): ConfigProblem[] {
  return issues.flatMap((issue) =>
    explain(issue).map(({ path, message }) => ({ key: formatKey(path), ...positionOf(path), message })),
  );
}

/** A path as people write it: `notifications.channels.on-call.type`. */
export function formatKey(path: KeyPath): string {
  return path.map(String).join('.');
}

function explain(issue: z.core.$ZodIssue): { path: KeyPath; message: string }[] {
  const { path } = issue;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...path, key], message: unknownKey(key, path) }));
  }
  return [{ path, message: messageOf(issue) }];
}

function messageOf(issue: Exclude<z.core.$ZodIssue, z.core.$ZodIssueUnrecognizedKeys>): string {
  const { input } = issue;
  if (input === null) return 'is empty: give a value, or leave the key out';
  // The one union without a key that tells its forms apart.
  if (schemasAt(configSchema, issue.path).includes(secretSchema)) {
    return 'must be { env: VARIABLE } or { file: PATH }; a secret is named here, never written';
  }
  switch (issue.code) {
    case 'invalid_type':
      return input === undefined ? 'is missing' : `must be ${issue.expected}, is ${typeName(input)}`;
    case 'invalid_union':
      return `must be one of ${literalsAt(issue.path).join(', ')}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return issue.origin === 'string'
        ? 'must not be empty'
        : `must be ${bound(issue, 'more', 'least')} ${issue.minimum}`;
    case 'too_big':
      return issue.origin === 'string'
        ? `must have at most ${issue.maximum} characters`
        : `must be ${bound(issue, 'less', 'most')} ${issue.maximum}`;
    default:
      return issue.message;
  }
}

/** The words that may stand at a path. */
function literalsAt(path: KeyPath): string[] {
  return schemasAt(configSchema, path).flatMap((schema) =>
    schema instanceof z.ZodLiteral ? [...schema.values].map(String) : [],
  );
}

function unknownKey(key: string, path: KeyPath): string {
  const meant = didYouMean(key, keysAt(configSchema, path));
  return meant === undefined ? 'is not a known key' : `is not a known key; did you mean ${meant}?`;
}

function bound({ inclusive }: { inclusive?: boolean }, open: string, closed: string): string {
  return inclusive === false ? `${open} than` : `at ${closed}`;
}

function typeName(value: unknown): string {
  return Array.isArray(value) ? 'list' : typeof value;
}
