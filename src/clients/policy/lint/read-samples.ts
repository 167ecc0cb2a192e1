import { z } from 'zod';
import { IGNORE_HIDDEN } from '../build-arguments.ts';
import type { Finding } from './finding.ts';
import { runTool } from './run-tool.ts';

const labelsSchema = z.record(z.string(), z.string());
const sampleSchema = z.strictObject({
  labels: labelsSchema,
  decision: z.unknown(),
  /** Whether the rule made a plan, whatever became of it. */
  planned: z.boolean().default(false),
});
const sampledSchema = z.strictObject({ samples: z.array(sampleSchema) });

/** `data.mendloop_samples`: see policy/samples.rego. */
const samplesSchema = z.looseObject({
  rules: z.record(z.string(), sampledSchema.extend({ wants: labelsSchema })).default({}),
  unheard: z.array(z.string()).default([]),
  catalogue: z.record(z.string(), sampledSchema).default({}),
  services: z.record(z.string(), sampledSchema).default({}),
  targets: z.record(z.string(), z.looseObject({ namespace: z.string(), name: z.string() })).default({}),
  slos: z
    .record(
      z.string(),
      z.looseObject({
        latency: z.looseObject({ thresholdSeconds: z.number() }).optional(),
        errors: z.looseObject({ maxRatio: z.number() }).optional(),
      }),
    )
    .default({}),
  without_budget: z.record(z.string(), z.string()).default({}),
  modes: z.record(z.string(), z.unknown()).default({}),
});
export type Samples = z.infer<typeof samplesSchema>;

/** An alert as its rule names it, and what the policy answers to it; unchecked. */
export type Sample = z.infer<typeof sampleSchema>;

/** Source: `opa eval --format json`. */
const evaluationSchema = z.looseObject({
  result: z.array(z.looseObject({ expressions: z.array(z.looseObject({ value: z.unknown() })) })).default([]),
  errors: z.array(z.looseObject({ message: z.string() })).default([]),
});

export type SamplesResult =
  { readonly ok: true; readonly samples: Samples } | { readonly ok: false; readonly finding: Finding };

/** Has every rule answer to its own examples; a finding where that cannot be had. */
export async function readSamples(opa: string, sources: readonly string[]): Promise<SamplesResult> {
  const data = sources.flatMap((source) => ['--data', source]);
  const args = [
    'eval',
    '--format',
    'json',
    ...IGNORE_HIDDEN,
    '--ignore',
    '*_test.rego',
    ...data,
    'data.mendloop_samples',
  ];
  const { stdout, stderr } = await runTool(opa, args);
  let answer: z.infer<typeof evaluationSchema>;
  try {
    answer = evaluationSchema.parse(JSON.parse(stdout));
  } catch {
    return failed(stderr.trim() || 'opa eval gave nothing that could be read');
  }
  const [error] = answer.errors;
  if (error !== undefined) return failed(error.message);
  const value = answer.result[0]?.expressions[0]?.value;
  if (value === undefined) return failed('there is no package mendloop_samples: are these the sources of a policy?');
  const samples = samplesSchema.safeParse(value);
  if (!samples.success) return failed(`the samples cannot be read: ${z.prettifyError(samples.error)}`);
  return { ok: true, samples: samples.data };
}

function failed(message: string): SamplesResult {
  return { ok: false, finding: { severity: 'error', check: 'opa-eval', message } };
}
