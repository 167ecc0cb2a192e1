import { readFile } from 'node:fs/promises';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import type { Finding } from './finding.ts';

const groupsSchema = z.looseObject({
  groups: z.array(z.looseObject({ rules: z.array(z.looseObject({ alert: z.string().optional() })).default([]) })),
});
/** A rule file of Prometheus, or a PrometheusRule of its operator. */
const ruleFileSchema = z.union([groupsSchema, z.looseObject({ spec: groupsSchema }).transform(({ spec }) => spec)]);

/** The names of all alerts in these files; files that hold no rules are passed over, those that cannot be read told. */
export async function readAlertNames(files: readonly string[]): Promise<{ names: Set<string>; findings: Finding[] }> {
  const names = new Set<string>();
  const findings: Finding[] = [];
  for (const file of files) {
    const documents = parseAllDocuments(await readFile(file, 'utf8'), { prettyErrors: false, logLevel: 'silent' });
    for (const document of documents) {
      const [error] = document.errors;
      if (error !== undefined) {
        findings.push({ severity: 'error', check: 'data', place: { file }, message: `no YAML: ${error.code}` });
        continue;
      }
      const rules = ruleFileSchema.safeParse(document.toJS());
      if (!rules.success) continue;
      for (const { alert } of rules.data.groups.flatMap((group) => group.rules))
        if (alert !== undefined) names.add(alert);
    }
  }
  return { names, findings };
}
