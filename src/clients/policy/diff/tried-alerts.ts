import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import type { Alert } from '../../../domain/alert/alert.ts';
import { readSamples, type Samples } from '../lint/read-samples.ts';

export type Labels = Readonly<Record<string, string>>;

/** Where an alert that is tried comes from. */
export type Origin = 'rule' | 'catalogue' | 'rule file' | 'recorded';

export interface TriedAlert {
  readonly labels: Labels;
  readonly origin: Origin;
}

/**
 * The alerts that a policy says of itself it is about: the examples of its rules, and its catalogue.
 *
 * @throws Error where its rules cannot be asked.
 */
export async function samplesOf(opa: string, sources: readonly string[]): Promise<TriedAlert[]> {
  const result = await readSamples(opa, sources);
  if (!result.ok) throw new Error(`the policy of ${sources.join(', ')} cannot be asked: ${result.finding.message}`);
  const { rules, catalogue } = result.samples;
  return [...labelled(rules, 'rule'), ...labelled(catalogue, 'catalogue')];
}

function labelled(entries: Samples['catalogue'], origin: Origin): TriedAlert[] {
  return Object.values(entries).flatMap(({ samples }) => samples.map(({ labels }) => ({ labels, origin })));
}

const rulesSchema = z.looseObject({
  groups: z.array(
    z.looseObject({
      rules: z
        .array(z.looseObject({ alert: z.string().optional(), labels: z.record(z.string(), z.string()).default({}) }))
        .default([]),
    }),
  ),
});
const fileSchema = z.union([rulesSchema, z.looseObject({ spec: rulesSchema }).transform(({ spec }) => spec)]);

/**
 * The alerts of Prometheus' rule files and PrometheusRules, with the labels that their rules set. What a series would add is
 * taken from a sample of the same name, where there is one. What is no rule file is passed over.
 */
export async function alertsOfRuleFiles(files: readonly string[], known: readonly TriedAlert[]): Promise<TriedAlert[]> {
  const samples = new Map(known.map((one) => [one.labels['alertname'], one.labels]));
  const found = await Promise.all(
    files.map(async (file) => {
      const documents = parseAllDocuments(await readFile(file, 'utf8'), { logLevel: 'silent' });
      return documents.flatMap((document) => {
        const parsed = document.errors.length > 0 ? undefined : fileSchema.safeParse(document.toJS()).data;
        return parsed?.groups.flatMap(({ rules }) => rules) ?? [];
      });
    }),
  );
  return found.flat().flatMap(({ alert, labels }): TriedAlert[] => {
    if (alert === undefined) return [];
    // A template is filled in by the series.
    const fixed = Object.fromEntries(Object.entries(labels).filter(([, value]) => !value.includes('{{')));
    return [{ labels: { ...samples.get(alert), ...fixed, alertname: alert }, origin: 'rule file' }];
  });
}

/** Each set of labels once, by name and then by labels, so that the same policies give the same text. */
export function distinct(alerts: readonly TriedAlert[]): TriedAlert[] {
  const found = new Map(alerts.map((one) => [keyOf(one.labels), one] as const).toReversed());
  return [...found].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, alert]) => alert);
}

const keyOf = (labels: Labels) =>
  JSON.stringify([labels['alertname'] ?? '', ...Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))]);

/** An alert with these labels, as the webhook would bring it. */
export function alertOf(labels: Labels): Alert {
  const fingerprint = createHash('sha256').update(keyOf(labels)).digest('hex').slice(0, 16);
  const startsAt = '2000-01-05T12:00:00Z';
  return { status: 'firing', labels, annotations: {}, generatorURL: '', fingerprint, startsAt };
}
