import { z } from 'zod';
import { endpointSchema } from './endpoint.ts';

const budgetSchema = z.strictObject({
  /** Money a day, in `cost.currency`, that the Pods in scope may cost. */
  daily: z.number().nonnegative(),
  /** `namespace`: the target's namespace; `team`: Pods that have the team's label, and those without one in its namespaces; `cluster`: all namespaces. */
  scope: z.enum(['namespace', 'team', 'cluster']).default('namespace'),
});
export type Budget = z.infer<typeof budgetSchema>;

/** Seconds after a change in which the source's figures may not show it yet: so long the ledger goes on counting it. */
const settleSeconds = z.number().nonnegative().max(86_400);

/** RFC 6901. */
const jsonPointerSchema = z.string().regex(/^(\/([^~/]|~[01])*)*$/, 'must be a JSON pointer, as /data/perDay');

const priceTableSchema = z.strictObject({
  /** The Pods' requests, as the API server has them, by the prices of these settings. */
  type: z.literal('prices'),
  settleSeconds: settleSeconds.default(30),
});

const openCostSchema = z.strictObject({
  /** The allocation API of OpenCost or Kubecost. */
  type: z.literal('opencost'),
  endpoint: endpointSchema,
  /** The figures are the average of so many minutes, taken as if it went on for a day. */
  windowMinutes: z.number().int().min(5).max(1440).default(60),
  /** Absent: the window, and five minutes for OpenCost to have collected it. */
  settleSeconds: settleSeconds.optional(),
});
export type OpenCostSettings = z.infer<typeof openCostSchema>;

const httpCostSchema = z
  .strictObject({
    /** Any HTTP API that answers with JSON. */
    type: z.literal('http'),
    endpoint: endpointSchema,
    method: z.enum(['GET', 'POST']).default('GET'),
    /** `{budget}`, `{scope}` and `{key}` in values stand for the budget's name, its scope, and the namespace or team. */
    query: z.record(z.string(), z.string()).default({}),
    /** The same in its texts. */
    body: z.json().optional(),
    /** Where the answer has the money a day that what runs now costs. */
    usage: jsonPointerSchema,
    /** Where it has the money a day that may be spent; the lower of it and the budget's own counts. */
    daily: jsonPointerSchema.optional(),
    settleSeconds: settleSeconds.default(300),
  })
  .refine(({ method, body }) => method === 'POST' || body === undefined, { message: 'a body needs method POST' });
export type HttpCostSettings = z.infer<typeof httpCostSchema>;

const costSourceSchema = z.discriminatedUnion('type', [priceTableSchema, openCostSchema, httpCostSchema]);

/** What changes cost, who knows what runs now costs, and what may be spent. */
export const costSchema = z.strictObject({
  currency: z.string().min(1).max(8).default('USD'),
  /** Price of one CPU core requested for one hour. */
  cpuHour: z.number().nonnegative().default(0.0316),
  /** Price of one GiB of memory requested for one hour. */
  gibHour: z.number().nonnegative().default(0.0042),
  /** Label or annotation of objects and namespaces that says which team's they are: who is asked, and who pays. */
  teamLabel: z
    .string()
    .regex(
      /^[A-Za-z]([A-Za-z0-9_]{0,61}[A-Za-z0-9])?$/,
      'must be a label name that Prometheus and Kubernetes both take',
    )
    .default('team'),
  source: costSourceSchema.prefault({ type: 'prices' }),
  budgets: z
    .record(
      z
        .string()
        .max(120)
        .regex(/^[^/]*$/, 'must have no slash'),
      budgetSchema,
    )
    .default({}),
});
export type CostSettings = z.infer<typeof costSchema>;
