import { z } from 'zod';
import { alertsSchema, missingAlertmanager } from './alerts-schema.ts';
import { apiSchema } from './api-schema.ts';
import { auditSchema } from './audit-schema.ts';
import { costSchema } from './cost-schema.ts';
import { endpointSchema } from './endpoint.ts';
import { jaegerSchema, lokiSchema } from './evidence-schema.ts';
import { flagsSchema } from './flags-schema.ts';
import { windowsSchema } from './windows-schema.ts';
import { guardsSchema } from './guards-schema.ts';
import { notificationsSchema } from './notifications.ts';
import { ordersSchema } from './orders-schema.ts';
import { policySchema } from './policy-schema.ts';
import { probesSchema } from './probes-schema.ts';
import { redactSchema } from './redaction.ts';
import { targetsSchema } from './targets-schema.ts';

export { endpointSchema, secretSchema, type Endpoint, type SecretRef } from './endpoint.ts';
export type { ChannelSettings } from './channels.ts';
export type { Budget, CostSettings } from './cost-schema.ts';
export type { GuardSettings } from './guards-schema.ts';
export type { PolicyServerSettings, PolicySettings } from './policy-schema.ts';

const prometheusSchema = endpointSchema.safeExtend({
  /** `X-Scope-OrgID` of Cortex, Mimir and Thanos Receive. */
  tenant: z.string().min(1).optional(),
});
export type PrometheusSettings = z.infer<typeof prometheusSchema>;

const settingsSchema = z.strictObject({
  api: apiSchema.prefault({}),
  temporal: z
    .strictObject({
      taskQueue: z.string().min(1).default('mendloop'),
      /** File and profile of Temporal's own configuration; absent: its standard place and variables. */
      configFile: z.string().optional(),
      profile: z.string().optional(),
      /** Temporal's Web UI as people reach it, for links to it; absent: no links. */
      webUiUrl: z.url({ protocol: /^https?$/, message: 'must be an http or https URL' }).optional(),
      maxConcurrentActivities: z.number().int().min(1).max(10_000).default(200),
      /** Seconds that a stopping worker gives its activities. */
      shutdownGraceSeconds: z.number().positive().max(600).default(20),
    })
    .prefault({}),
  /** Of a worker on its own; beside the API, `/metrics` and `/healthz` are on the API's port. */
  worker: z
    .strictObject({
      host: z.string().default('127.0.0.1'),
      /** Serves `/metrics` and `/healthz`; 0 takes a free one. */
      port: z.number().int().min(0).max(65_535).default(9464),
    })
    .prefault({}),
  kubernetes: z
    .strictObject({
      /** Name of the cluster in targets; alerts with another `cluster` label are not ours. */
      cluster: z.string().min(1).default('default'),
      /** Absent: the standard kubeconfig, else in-cluster credentials, else an API server at localhost:8080. */
      kubeconfig: z.string().optional(),
      context: z.string().optional(),
      timeoutSeconds: z.number().positive().max(300).default(10),
    })
    .prefault({}),
  targets: targetsSchema.prefault({}),
  alerts: alertsSchema.prefault({}),
  prometheus: prometheusSchema.prefault({ url: 'http://127.0.0.1:9090' }),
  probes: probesSchema.prefault({}),
  /** What is looked at for the human who is asked or told. Nothing waits for it but that human. */
  diagnosis: z
    .strictObject({
      enabled: z.boolean().default(true),
      /** The ends of the logs of failing containers, redacted. Off by default: logs hold what nothing recognises as a secret. */
      logs: z.boolean().default(false),
    })
    .prefault({}),
  /** Absent: signals of log evidence are unknown. */
  loki: lokiSchema.optional(),
  /** Absent: signals of trace evidence are unknown. */
  jaeger: jaegerSchema.optional(),
  /** Absent: the mode that policy allows is the mode that holds. */
  flags: flagsSchema.optional(),
  policy: policySchema.prefault({}),
  cost: costSchema.prefault({}),
  guards: guardsSchema.prefault({}),
  windows: windowsSchema.default([]),
  audit: auditSchema.prefault({}),
  orders: ordersSchema.prefault({}),
  notifications: notificationsSchema.prefault({}),
  traces: z
    .strictObject({
      /** Where a trace is shown, with `{traceId}` in it, for links to it; absent: no links. */
      url: z
        .url({ protocol: /^https?$/, message: 'must be an http or https URL' })
        .refine((url) => url.includes('{traceId}'), { message: 'must have {traceId} in it' })
        .optional(),
    })
    .prefault({}),
  /** Secrets of your own, by their form: for alerts as they come in, logs, traces, notices and the audit log. */
  redact: redactSchema.default([]),
  log: z.strictObject({ level: z.enum(['trace', 'debug', 'info', 'warn', 'error']).default('info') }).prefault({}),
});

/** All settings of Mendloop. Temporal's own connection comes from `@temporalio/envconfig`. */
export const configSchema = settingsSchema.superRefine((settings, context) => {
  for (const path of missingAlertmanager(settings)) {
    const message = 'needs to know the Alertmanager: alerts.confirm.alertmanager';
    context.addIssue({ code: 'custom', path, message });
  }
});
export type Config = z.infer<typeof configSchema>;
