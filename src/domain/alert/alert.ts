import { z } from 'zod';

/** Longest label or annotation value that is accepted, in UTF-16 code units. Prometheus itself warns far below this. */
const MAX_VALUE_LENGTH = 256 * 1024;

const text = z.string().max(MAX_VALUE_LENGTH);

/** Labels or annotations. A sender in Go writes `null` for a map that it has not made. */
const values = z
  .record(z.string(), text)
  .nullish()
  .transform((entries) => entries ?? {});

/**
 * RFC 3339 instant, whose `t` and `z` may be small. Year 1 is legal: Alertmanager sends it as `endsAt` while an alert fires.
 */
const instant = z
  .string()
  .toUpperCase()
  .pipe(z.iso.datetime({ offset: true }))
  .meta({ format: 'date-time' });

/**
 * One entry of `alerts[]`. Loose on keys that are not used here, so that newer Alertmanagers keep working.
 * Source: Alertmanager `template.Alert`.
 */
export const alertSchema = z.looseObject({
  status: z.enum(['firing', 'resolved']),
  labels: z.record(z.string(), text),
  annotations: values,
  startsAt: instant,
  endsAt: instant.nullish(),
  generatorURL: text.nullish().transform((url) => url ?? ''),
  /** Hash of the label set, 16 hex digits. */
  fingerprint: z.string().regex(/^[0-9a-f]{16}$/, 'must be 16 lower-case hex digits'),
});

/**
 * Alertmanager's webhook payload. Source: Alertmanager `notify/webhook.Message`, version "4"; Grafana's alerting numbers the
 * same format "1", and others as they like: the fields tell what it is.
 */
export const webhookSchema = z.looseObject({
  version: z.union([text.min(1), z.number()], { error: 'must be a text or a number' }),
  receiver: text,
  status: z.enum(['firing', 'resolved']),
  alerts: z.array(alertSchema),
  groupLabels: values,
  commonLabels: values,
  commonAnnotations: values,
  externalURL: text,
  groupKey: text,
  /** How many alerts `max_alerts` cut from the group; those never reach Mendloop. */
  truncatedAlerts: z
    .number()
    .int()
    .nonnegative()
    .nullish()
    .transform((count) => count ?? 0),
  notification_reason: text.nullish(),
  routeLabels: values,
});

export type WebhookPayload = z.infer<typeof webhookSchema>;

/** What a remediation keeps of an alert: the documented fields, nothing that a future Alertmanager may add. */
export interface Alert {
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Name of the receiver through which its sender told it; absent: not told. The settings know senders by it. */
  readonly receiver?: string;
  /** RFC 3339. */
  readonly startsAt: string;
  /** RFC 3339; absent while the alert fires. */
  readonly endsAt?: string;
  readonly generatorURL: string;
  readonly fingerprint: string;
}
