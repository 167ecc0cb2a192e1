import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { CHART_FOLDER } from './helm.ts';

const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'] as const;
const READING: readonly string[] = ['get', 'list', 'watch'];

const ruleSchema = z.strictObject({
  apiGroups: z.array(z.string()).min(1),
  resources: z.array(z.string().regex(/^[a-z]+(\/[a-z]+)?$/)).min(1),
  verbs: z.array(z.enum(VERBS)).min(1),
});
const permissionSchema = ruleSchema.extend({
  scope: z.enum(['namespaced', 'cluster']),
  fields: z.array(z.string()).min(1).optional(),
});

const read = (file: string): unknown => parse(readFileSync(join(CHART_FOLDER, 'files', file), 'utf8'));

export const permissions = z.record(z.string(), z.array(permissionSchema).min(1)).parse(read('permissions.yaml'));
export const reads = z.array(ruleSchema).parse(read('reads.yaml'));
export const diagnosisReads = z
  .strictObject({ always: z.array(ruleSchema).min(1), logs: z.array(ruleSchema).min(1) })
  .parse(read('diagnosis-reads.yaml'));

export const isReading = (verb: string): boolean => READING.includes(verb);

/** The verbs of a rule that read, or those that write. */
export function only<T extends { readonly verbs: readonly string[] }>(
  rules: readonly T[],
  kind: 'reading' | 'writing',
): T[] {
  return rules
    .map((rule) => ({ ...rule, verbs: rule.verbs.filter((verb) => isReading(verb) === (kind === 'reading')) }))
    .filter(({ verbs }) => verbs.length > 0);
}
