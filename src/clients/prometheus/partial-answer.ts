import type { QueryResult } from './response-schema.ts';

/** What PromQL itself remarks on an expression: the answer is whole. Source: Prometheus, `util/annotations`. */
const REMARK = /^PromQL (warning|info)\b/;

/**
 * Why an answer is made of a part of the data alone; undefined for a whole one. Thanos, promxy and a Prometheus with remote
 * reads answer with what they have when a store is away, and say so in a warning: a sum over it is too low.
 */
export function partialAnswer({ warnings }: Pick<QueryResult, 'warnings'>): string | undefined {
  const missing = warnings.find((warning) => !REMARK.test(warning));
  return missing === undefined ? undefined : `only a part of the data was answered: ${missing}`;
}
