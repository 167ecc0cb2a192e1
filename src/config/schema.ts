import { z } from 'zod';

/** A secret is never written in the file: it is named, by environment variable or by file (read again at each use). */
export const secretSchema = z.union([
  z.strictObject({ env: z.string().min(1) }),
  z.strictObject({ file: z.string().min(1) }),
]);
export type SecretRef = z.infer<typeof secretSchema>;

const httpUrl = z.url({ protocol: /^https?$/, message: 'must be an http or https URL' });

const basicAuthSchema = z.strictObject({ username: z.string().min(1), password: secretSchema });

/** How to reach an HTTP server: the same block wherever Mendloop calls out. */
export const endpointSchema = z
  .strictObject({
    url: httpUrl,
    bearer: secretSchema.optional(),
    basic: basicAuthSchema.optional(),
    /** Files in PEM form. */
    tls: z
      .strictObject({
        caFile: z.string().optional(),
        certFile: z.string().optional(),
        keyFile: z.string().optional(),
        serverName: z.string().optional(),
      })
      .refine((tls) => (tls.certFile === undefined) === (tls.keyFile === undefined), {
        message: 'certFile and keyFile go together',
      })
      .optional(),
    headers: z.record(z.string(), z.string()).default({}),
    timeoutSeconds: z.number().positive().max(300).default(10),
  })
  .refine((endpoint) => !(endpoint.bearer && endpoint.basic), { message: 'give bearer or basic, not both' });
export type Endpoint = z.infer<typeof endpointSchema>;

const prometheusSchema = endpointSchema.safeExtend({
  /** `X-Scope-OrgID` of Cortex, Mimir and Thanos Receive. */
  tenant: z.string().min(1).optional(),
});
export type PrometheusSettings = z.infer<typeof prometheusSchema>;

const budgetSchema = z.strictObject({
  /** Money a day, in `cost.currency`, that the Pods in scope may cost. */
  daily: z.number().nonnegative(),
  /** `namespace`: the target's namespace; `cluster`: all namespaces. */
  scope: z.enum(['namespace', 'cluster']).default('namespace'),
});
export type Budget = z.infer<typeof budgetSchema>;

const costSchema = z.strictObject({
  currency: z.string().min(1).max(8).default('USD'),
  /** Price of one CPU core requested for one hour. */
  cpuHour: z.number().nonnegative().default(0.0316),
  /** Price of one GiB of memory requested for one hour. */
  gibHour: z.number().nonnegative().default(0.0042),
  budgets: z.record(z.string(), budgetSchema).default({}),
});
export type CostSettings = z.infer<typeof costSchema>;

const channelSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('alertmanager'),
    endpoint: endpointSchema,
    /** Seconds that the `RemediationFailed` alert stays firing, so that it is not resolved before a human saw it. */
    holdSeconds: z
      .number()
      .positive()
      .max(7 * 86_400)
      .default(3600),
  }),
  z.strictObject({
    type: z.literal('webhook'),
    endpoint: endpointSchema,
    /** `failures`: only what a human must see; `all`: cures too. */
    events: z.enum(['failures', 'all']).default('all'),
  }),
]);
export type ChannelSettings = z.infer<typeof channelSchema>;

/** All settings of Mendloop. Temporal's own connection comes from `@temporalio/envconfig`. */
export const configSchema = z.strictObject({
  api: z
    .strictObject({
      host: z.string().default('127.0.0.1'),
      port: z.number().int().min(0).max(65_535).default(8080),
      /** Absent: the webhook needs no token. */
      webhookToken: secretSchema.optional(),
      /** Largest body, in bytes, that is read. */
      maxBodyBytes: z
        .number()
        .int()
        .min(1024)
        .max(64 * 1024 * 1024)
        .default(5 * 1024 * 1024),
      /** Seconds that a client may take to send its request. */
      requestTimeoutSeconds: z.number().positive().max(300).default(30),
      /** Workflows of one group that are started at the same time. */
      startConcurrency: z.number().int().min(1).max(1000).default(32),
      /** Requests in flight beyond which the webhook answers 503, so that memory stays bounded. */
      maxInFlight: z.number().int().min(1).max(10_000).default(128),
      /** Seconds that a graceful shutdown waits for requests in flight. */
      drainSeconds: z.number().positive().max(300).default(20),
    })
    .prefault({}),
  temporal: z
    .strictObject({
      taskQueue: z.string().min(1).default('mendloop'),
      /** File and profile of Temporal's own configuration; absent: its standard place and variables. */
      configFile: z.string().optional(),
      profile: z.string().optional(),
      maxConcurrentActivities: z.number().int().min(1).max(10_000).default(200),
      /** Seconds that a stopping worker gives its activities. */
      shutdownGraceSeconds: z.number().positive().max(600).default(20),
    })
    .prefault({}),
  kubernetes: z
    .strictObject({
      /** Name of the cluster in targets; alerts with another `cluster` label are not ours. */
      cluster: z.string().min(1).default('default'),
      /** Absent: in-cluster credentials, else the standard kubeconfig. */
      kubeconfig: z.string().optional(),
      context: z.string().optional(),
      timeoutSeconds: z.number().positive().max(300).default(10),
    })
    .prefault({}),
  prometheus: prometheusSchema.prefault({ url: 'http://127.0.0.1:9090' }),
  policy: z
    .strictObject({
      /** Bundle made by `opa build -t wasm`; absent: the one that comes with Mendloop. */
      bundle: z.string().optional(),
    })
    .prefault({}),
  cost: costSchema.prefault({}),
  notifications: z.strictObject({ channels: z.record(z.string(), channelSchema).default({}) }).prefault({}),
  log: z.strictObject({ level: z.enum(['trace', 'debug', 'info', 'warn', 'error']).default('info') }).prefault({}),
});
export type Config = z.infer<typeof configSchema>;
