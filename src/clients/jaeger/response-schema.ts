import { z } from 'zod';

const spanSchema = z.object({
  spanID: z.string(),
  operationName: z.string(),
  references: z.array(z.object({ refType: z.string(), spanID: z.string() })).nullish(),
  /** Microseconds. */
  duration: z.number().nonnegative(),
  /** OpenTelemetry's status ERROR arrives as the tag `error`. Some writers give its value as text. */
  tags: z.array(z.object({ key: z.string(), value: z.unknown() })).nullish(),
  processID: z.string(),
});

const traceSchema = z.object({
  traceID: z.string(),
  spans: z.array(spanSchema),
  processes: z.record(z.string(), z.object({ serviceName: z.string() })),
});
export type Trace = z.infer<typeof traceSchema>;
export type Span = z.infer<typeof spanSchema>;

/** Answer of `/api/traces` of jaeger-query. Source: Jaeger, `internal/uimodel` and the structured response beside it. */
export const responseSchema = z.object({
  data: z.array(traceSchema).nullish(),
  errors: z.array(z.object({ code: z.number().optional(), msg: z.string() })).nullish(),
});
