import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';

export const ALERTS_FILE = join('observability', 'kube-prometheus-stack', 'alerts.yaml');
const VALUES_FILE = join('helm', 'mendloop', 'examples', 'kube-prometheus-stack-values.yaml');

const alertSchema = z.strictObject({
  alert: z.string(),
  severity: z.string(),
  /** As Prometheus writes durations. */
  for: z.string(),
});
export type DefaultAlert = z.infer<typeof alertSchema>;

const factsSchema = z.strictObject({ chart: z.string(), version: z.string(), alerts: z.array(alertSchema).min(1) });
export type Facts = z.infer<typeof factsSchema>;

export function readFacts(root: string): Facts {
  return factsSchema.parse(parse(readFileSync(join(root, ALERTS_FILE), 'utf8')));
}

const valuesSchema = z.looseObject({
  customRules: z.record(z.string(), z.strictObject({ severity: z.string().optional(), for: z.string().optional() })),
});

/** The alerts as they are with the values that Mendloop's chart brings for the stack. */
export function withOurValues(root: string, alerts: readonly DefaultAlert[]): DefaultAlert[] {
  const { customRules } = valuesSchema.parse(parse(readFileSync(join(root, VALUES_FILE), 'utf8')));
  const unknown = Object.keys(customRules).find((name) => alerts.every(({ alert }) => alert !== name));
  if (unknown !== undefined) throw new Error(`${VALUES_FILE} changes ${unknown}, which the stack does not have`);
  return alerts.map((one) => {
    const { severity = one.severity, for: holds = one.for } = customRules[one.alert] ?? {};
    return { alert: one.alert, severity, for: holds };
  });
}

const ruleSchema = z.looseObject({
  kind: z.literal('PrometheusRule'),
  spec: z.looseObject({
    groups: z.array(
      z.looseObject({
        rules: z.array(
          z.looseObject({
            alert: z.string().optional(),
            labels: z.looseObject({ severity: z.string().default('none') }).default({ severity: 'none' }),
            for: z.string().default('0s'),
          }),
        ),
      }),
    ),
  }),
});

/** The alerts in what Helm rendered, each once, in its order. */
export function alertsOf(rendered: string): DefaultAlert[] {
  const found = parseAllDocuments(rendered).flatMap((document) => {
    const rule = ruleSchema.safeParse(document.toJS()).data;
    return rule?.spec.groups.flatMap(({ rules }) => rules) ?? [];
  });
  const alerts = found.flatMap(({ alert, labels, for: holds }) =>
    alert === undefined ? [] : [{ alert, severity: labels.severity, for: holds }],
  );
  return [...new Map(alerts.map((one) => [JSON.stringify(one), one])).values()];
}
