import { z } from 'zod';
import { endpointSchema } from './endpoint.ts';

/** Any server with Loki's query API. */
export const lokiSchema = endpointSchema.safeExtend({
  /** `X-Scope-OrgID`; several tenants are separated by `|`. */
  tenant: z.string().min(1).optional(),
});
export type LokiSettings = z.infer<typeof lokiSchema>;

/** The query service of Jaeger: what its UI is served from. */
export const jaegerSchema = endpointSchema.safeExtend({
  /** Traces behind one number at most; Jaeger sends each with all its spans. */
  maxTraces: z.number().int().min(1).max(1500).default(100),
});
export type JaegerSettings = z.infer<typeof jaegerSchema>;
