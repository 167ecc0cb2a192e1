import { z } from 'zod';
import { durationSeconds } from '../domain/query/promql-duration.ts';
import { didYouMean } from './did-you-mean.ts';
import { type KeyPath, keysAt, schemasAt } from './walk-schema.ts';

/** What is wrong at one key, in words that never repeat a text of the value: it may be a secret. */
export interface ExplainedIssue {
  readonly path: KeyPath;
  readonly message: string;
}

export interface ExplainOptions {
  /** The schema that was parsed with, `reportInput` set. */
  readonly root: z.core.$ZodType;
  /** Words for what only this schema's owner knows; undefined: the usual ones. */
  readonly special?: (issue: z.core.$ZodIssue) => string | undefined;
}

/** The issues of a schema for people: an entry for each key. */
export function explainIssues(issues: readonly z.core.$ZodIssue[], options: ExplainOptions): ExplainedIssue[] {
  return issues.flatMap((issue) => explain(issue, options));
}

function explain(issue: z.core.$ZodIssue, options: ExplainOptions): ExplainedIssue[] {
  const { path } = issue;
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(options.root, path);
    return issue.keys.map((key) => ({ path: [...path, key], message: unknownKey(key, known) }));
  }
  const special = options.special?.(issue);
  if (special !== undefined) return [{ path, message: special }];
  const meant = issue.code === 'invalid_union' ? meantForm(issue) : undefined;
  if (meant !== undefined) {
    return explainIssues(
      meant.map((inner) => ({ ...inner, path: [...path, ...inner.path] })),
      options,
    );
  }
  return [{ path, message: messageOf(issue, options.root) }];
}

/** Of the forms that a value may have, the one that it comes near to: it is not of another kind altogether. */
function meantForm({ errors }: z.core.$ZodIssueInvalidUnion): readonly z.core.$ZodIssue[] | undefined {
  return errors
    .filter((issues) => issues.every(({ code, path }) => path.length > 0 || code === 'unrecognized_keys'))
    .toSorted((one, other) => one.length - other.length)[0];
}

function messageOf(issue: Exclude<z.core.$ZodIssue, z.core.$ZodIssueUnrecognizedKeys>, root: z.core.$ZodType): string {
  const { input } = issue;
  if (input === null) return 'is empty: give a value, or leave the key out';
  switch (issue.code) {
    case 'invalid_type':
      return input === undefined
        ? 'is missing'
        : (unitHint(issue) ?? `must be ${issue.expected}, is ${typeName(input)}`);
    case 'invalid_union':
      return oneOf(literalsAt(root, issue.path), wordOf(input, issue.path.at(-1))) + misspelt(issue, root);
    case 'invalid_key':
      return unknownKey(String(issue.path.at(-1)), keysAt(root, issue.path.slice(0, -1)), wantedOf(issue));
    case 'invalid_value':
      return `${input === undefined ? 'is missing: ' : ''}${oneOf(issue.values.map(String), input)}`;
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

/** With the word that was probably meant: one of those that may stand there, never what stands there. */
function oneOf(words: readonly string[], input: unknown): string {
  const meant = typeof input === 'string' ? didYouMean(input, words) : undefined;
  return `must be one of ${words.join(', ')}${meant === undefined ? '' : `; did you mean ${meant}?`}`;
}

/** Of a value that is told apart by one of its members, that member. */
function wordOf(input: unknown, key: PropertyKey | undefined): unknown {
  const isObject = typeof input === 'object' && input !== null && key !== undefined;
  return isObject ? (input as Readonly<Record<PropertyKey, unknown>>)[key] : input;
}

/** Where the member is not there by which a value is told apart: the key that was probably meant for it. */
function misspelt({ input, path }: z.core.$ZodIssue, root: z.core.$ZodType): string {
  const word = path.at(-1);
  if (typeof input !== 'object' || input === null || word === undefined || Object.hasOwn(input, word)) return '';
  const known = keysAt(root, path.slice(0, -1));
  const unknown = Object.keys(input).filter((key) => !known.includes(key));
  const meant = unknown.find((key) => didYouMean(key, known) === String(word));
  return meant === undefined ? '' : `; ${meant} is not a known key; did you mean ${String(word)}?`;
}

/** What the keys of a record must be like. */
function wantedOf({ issues }: z.core.$ZodIssueInvalidKey): string | undefined {
  return issues.find(({ code }) => code !== 'invalid_value')?.message;
}

/** The seconds, or hours, that a duration stands for where a number is wanted. */
function unitHint({ input, expected, path }: z.core.$ZodIssueInvalidType): string | undefined {
  const unit = /(Seconds|Hours)$/.exec(String(path.at(-1)))?.[1];
  if (expected !== 'number' || typeof input !== 'string' || unit === undefined) return undefined;
  const seconds = /[a-z]$/.test(input.trim()) ? parsedSeconds(input) : undefined;
  if (seconds === undefined) return undefined;
  const number = Number((unit === 'Hours' ? seconds / 3600 : seconds).toPrecision(12));
  return `must be a number of ${unit.toLowerCase()}: ${number} for ${input.trim()}`;
}

function parsedSeconds(text: string): number | undefined {
  try {
    return durationSeconds(text);
  } catch {
    return undefined;
  }
}

/** The words that may stand at a path. */
function literalsAt(root: z.core.$ZodType, path: KeyPath): string[] {
  return schemasAt(root, path).flatMap((schema) =>
    schema instanceof z.ZodLiteral ? [...schema.values].map(String) : [],
  );
}

function unknownKey(key: string, known: readonly string[], wanted?: string): string {
  const meant = didYouMean(key, known);
  if (wanted !== undefined && known.length === 0) return `is no key that may stand here: ${wanted}`;
  return meant === undefined ? 'is not a known key' : `is not a known key; did you mean ${meant}?`;
}

function bound({ inclusive }: { inclusive?: boolean }, open: string, closed: string): string {
  return inclusive === false ? `${open} than` : `at ${closed}`;
}

function typeName(value: unknown): string {
  return Array.isArray(value) ? 'list' : typeof value;
}
