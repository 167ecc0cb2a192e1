import { z } from 'zod';

/** `[seconds, "value"]`, where the value may be `NaN`, `+Inf` or `-Inf`. */
const point = z.tuple([z.number(), z.string()]).transform(([at, text]) => ({ at, value: toNumber(text) }));
const labels = z.record(z.string(), z.string());

/** A series without `value` is a native histogram. */
const vector = z.object({
  resultType: z.literal('vector'),
  result: z.array(z.object({ metric: labels, value: point.optional() })),
});
const matrix = z.object({
  resultType: z.literal('matrix'),
  result: z.array(z.object({ metric: labels, values: z.array(point).default([]) })),
});
const scalar = z.object({ resultType: z.literal('scalar'), result: point });
const string = z.object({ resultType: z.literal('string'), result: z.tuple([z.number(), z.string()]) });

/** Answer of `/api/v1/query` and `/api/v1/query_range`. Source: Prometheus HTTP API. */
export const responseSchema = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('success'),
    data: z.discriminatedUnion('resultType', [vector, matrix, scalar, string]),
    warnings: z.array(z.string()).nullish(),
    /** VictoriaMetrics says so where a part of its storage is away. */
    isPartial: z.boolean().optional(),
  }),
  z.object({ status: z.literal('error'), errorType: z.string(), error: z.string() }),
]);

type Data = Extract<z.infer<typeof responseSchema>, { status: 'success' }>['data'];

/** A result by its type, with what Prometheus has to remark on it. Times are in seconds, by Prometheus's clock. */
export type QueryResult = Data & { readonly warnings: readonly string[] };
export type Vector = Extract<Data, { resultType: 'vector' }>['result'];
export type RangeResult = Extract<Data, { resultType: 'matrix' }>['result'];

function toNumber(text: string): number {
  if (text === '+Inf') return Infinity;
  if (text === '-Inf') return -Infinity;
  return text === '' ? NaN : Number(text);
}
