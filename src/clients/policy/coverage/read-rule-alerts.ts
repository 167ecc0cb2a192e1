import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import type { Labels } from '../diff/tried-alerts.ts';

/** An alert of a rule file, with the labels that its rule sets; what a series adds to them is not known. */
export interface RuleAlert {
  readonly alert: string;
  readonly labels: Labels;
}

export interface RuleText {
  /** For people: a file's name. */
  readonly name: string;
  readonly text: string;
}

export interface RuleAlerts {
  readonly alerts: readonly (RuleAlert & { readonly from: string })[];
  /** Texts that cannot be read as YAML, with the line where that ends. */
  readonly problems: readonly { readonly name: string; readonly line?: number; readonly message: string }[];
  /** Texts without a single rule. */
  readonly empty: readonly string[];
}

const groupsSchema = z.looseObject({
  groups: z.array(
    z.looseObject({
      rules: z
        .array(
          z.looseObject({
            alert: z.string().min(1).optional(),
            labels: z.record(z.string(), z.coerce.string()).nullish(),
          }),
        )
        .nullish(),
    }),
  ),
});
const ruleSchema = z.looseObject({ kind: z.literal('PrometheusRule'), spec: groupsSchema });
const listSchema = z.looseObject({ items: z.array(z.unknown()) });

type Groups = z.infer<typeof groupsSchema>['groups'];

/** Every alert of rule files of Prometheus, PrometheusRules and lists of them, several documents a text. */
export function readRuleAlerts(texts: readonly RuleText[]): RuleAlerts {
  const read = texts.map(({ name, text }) => {
    const documents = parseAllDocuments(text, { logLevel: 'silent', prettyErrors: true });
    const list = 'empty' in documents ? [] : documents;
    const faults = list.flatMap(({ errors }) => errors);
    const groups = faults.length > 0 ? [] : list.flatMap((document) => groupsIn(document.toJS()));
    return { name, faults, groups };
  });
  return {
    alerts: read.flatMap(({ name, groups }) => groups.flatMap((group) => alertsIn(group, name))),
    problems: read.flatMap(({ name, faults: [fault] }) => {
      if (fault === undefined) return [];
      const line = fault.linePos?.[0].line;
      return [{ name, ...(line === undefined ? {} : { line }), message: `no YAML: ${fault.code}` }];
    }),
    empty: read.flatMap(({ name, faults, groups }) => (faults.length === 0 && groups.length === 0 ? [name] : [])),
  };
}

function groupsIn(value: unknown): Groups {
  const rule = ruleSchema.safeParse(value).data?.spec ?? groupsSchema.safeParse(value).data;
  if (rule !== undefined) return rule.groups;
  return listSchema.safeParse(value).data?.items.flatMap(groupsIn) ?? [];
}

function alertsIn({ rules }: Groups[number], from: string) {
  return (rules ?? []).flatMap(({ alert, labels }) => {
    if (alert === undefined) return [];
    // A template is filled in by the series.
    const fixed = Object.entries(labels ?? {}).filter(([, value]) => !value.includes('{{'));
    return [{ alert, labels: Object.fromEntries(fixed), from }];
  });
}
