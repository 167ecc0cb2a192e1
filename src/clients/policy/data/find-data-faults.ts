import type { z } from 'zod';
import { didYouMean } from '../../../config/did-you-mean.ts';
import { explainIssues } from '../../../config/explain-issues.ts';
import { formatKey } from '../../../config/schema-problems.ts';
import type { KeyPath } from '../../../config/walk-schema.ts';
import { type MergedValue, mergedValues } from './merged-data.ts';
import { policyDataSchema } from './policy-data.ts';

/** Something of the data that does not fit. */
export interface DataFault {
  /** Where it may stand, the likeliest place first. */
  readonly paths: readonly KeyPath[];
  /** With the key: `services.cart.aproval is not a known key; did you mean approval?` */
  readonly message: string;
}

/**
 * What does not fit in the data of a policy: keys and values as they are written; and, if those are as they should be,
 * what is lacking or wrong where they are put together.
 */
export function findDataFaults(data: object): DataFault[] {
  const { error } = policyDataSchema.safeParse(data, { reportInput: true });
  if (error !== undefined) {
    return explainIssues(error.issues, { root: policyDataSchema, special }).map(({ path, message }) => ({
      paths: [path],
      message: `${formatKey(path)} ${message}${elsewhere(path, message)}`,
    }));
  }
  return mergedValues(data as Readonly<Record<string, unknown>>).flatMap(faultsOfMerged);
}

function faultsOfMerged({ value, schema, places, words }: MergedValue): DataFault[] {
  const issues = schema.safeParse(value, { reportInput: true }).error?.issues ?? [];
  const explained = explainIssues(issues, { root: schema, special });
  const unknown = Object.entries(words ?? {}).flatMap(([key, { word, known }]) =>
    known.includes(word) ? [] : [{ path: [key], message: unknownWord(word, known) }],
  );
  return [...explained, ...unknown].map(({ path, message }) => ({
    paths: places.map((place) => [...place, ...path]),
    message: `${formatKey([...(places.at(-1) ?? []), ...path])} ${message}`,
  }));
}

function unknownWord(word: string, known: readonly string[]): string {
  const meant = didYouMean(word, known);
  return `names ${word}, which is not there${meant === undefined ? '' : `; did you mean ${meant}?`}`;
}

/** Folders are keys too: a word may be known in another place, and what only one's own rules read has a place of its own. */
function elsewhere(path: KeyPath, message: string): string {
  if (message !== 'is not a known key') return '';
  const key = String(path.at(-1));
  if (path.length === 1) return `: what only your own rules read stands below own (own/${key}/data.yaml)`;
  const folder = didYouMean(key, Object.keys(policyDataSchema.shape));
  return folder === undefined ? '' : ` here; did you mean ${folder}/data.yaml?`;
}

function special({ code, input, ...issue }: z.core.$ZodIssue): string | undefined {
  const isText = code === 'invalid_type' && 'expected' in issue && issue.expected === 'string';
  return isText && typeof input === 'number'
    ? 'must be a text, is a number: put it in quotes, or give its unit'
    : undefined;
}
