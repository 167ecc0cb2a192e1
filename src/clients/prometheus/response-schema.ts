import { z } from 'zod';

/** `[seconds, "value"]`, where the value may be `NaN`, `+Inf` or `-Inf`. */
const point = z.tuple([z.number(), z.string()]).transform(([at, text]) => ({ at, value: toNumber(text) }));
const labels = z.record(z.string(), z.string());

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
    warnings: z.array(z.string()).default([]),
  }),
  z.object({ status: z.literal('error'), errorType: z.string(), error: z.string() }),
]);

export type QueryResult = Extract<z.infer<typeof responseSchema>, { status: 'success' }>['data'];
export type RangeResult = Extract<QueryResult, { resultType: 'matrix' }>['result'];

function toNumber(text: string): number {
  if (text === '+Inf') return Infinity;
  if (text === '-Inf') return -Infinity;
  return text === '' ? NaN : Number(text);
}
