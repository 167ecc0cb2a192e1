import { z } from 'zod';

/** `[seconds, "value"]`, where the value may be `NaN`, `+Inf` or `-Inf`. */
const point = z.tuple([z.number(), z.string()]).transform(([at, text]) => ({ at, value: toNumber(text) }));
const labels = z.record(z.string(), z.string());

/**
 * Answer of `/loki/api/v1/query` and `/loki/api/v1/query_range`; statistics beside the data are passed over. `streams`
 * are log lines: what is no metric query gives those. Source: Loki HTTP API.
 */
export const responseSchema = z.object({
  status: z.literal('success'),
  data: z.discriminatedUnion('resultType', [
    z.object({
      resultType: z.literal('vector'),
      result: z.array(z.object({ metric: labels, value: point })).nullable(),
    }),
    z.object({
      resultType: z.literal('matrix'),
      result: z.array(z.object({ metric: labels, values: z.array(point) })).nullable(),
    }),
    z.object({ resultType: z.literal('scalar'), result: point }),
    z.object({ resultType: z.literal('streams') }),
  ]),
});

export type LokiResult = z.infer<typeof responseSchema>['data'];

function toNumber(text: string): number {
  if (text === '+Inf') return Infinity;
  if (text === '-Inf') return -Infinity;
  return text === '' ? NaN : Number(text);
}
