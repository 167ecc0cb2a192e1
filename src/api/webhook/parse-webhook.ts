import { z } from 'zod';
import { type Alert, alertSchema, webhookSchema } from '../../domain/alert/alert.ts';
import { redactAlert } from '../../domain/text/redact.ts';
import { HttpProblem, type ProblemItem } from '../http/http-problem.ts';

/** Faults named in one answer. Finding them stops soon after, so that a body of nothing but faults costs little. */
const MAX_FAULTS = 20;
const MAX_PATH_LENGTH = 200;
/** Entries of one label set; Prometheus's own limits are far below. Bounds the faults that one alert can have. */
const MAX_ENTRIES = 1000;

const envelopeSchema = webhookSchema.extend({ alerts: z.array(z.unknown()) });
const labelSets = ['labels', 'annotations', 'groupLabels', 'commonLabels', 'commonAnnotations', 'routeLabels'];

/** What a webhook asks for. The alerts hold the documented fields only, and are redacted. */
export interface Webhook {
  readonly alerts: readonly Alert[];
  readonly truncatedAlerts: number;
}

/**
 * Checks a payload against the schema of Alertmanager's version 4.
 *
 * @throws HttpProblem 400 with the path of each fault, up to 20; no message holds a value out of the payload.
 */
export function parseWebhook(payload: unknown): Webhook {
  const faults = tooManyEntries(payload);
  if (faults.length > 0) throw invalid(faults);
  const envelope = envelopeSchema.safeParse(payload);
  if (!envelope.success) faults.push(...toItems(envelope.error));

  const alerts: Alert[] = [];
  for (const [index, entry] of listAlerts(payload).entries()) {
    const large = tooManyEntries(entry, ['alerts', index]);
    const alert = large.length === 0 ? alertSchema.safeParse(entry) : undefined;
    if (alert?.success === true) alerts.push(toAlert(alert.data, entry));
    else faults.push(...large, ...(alert === undefined ? [] : toItems(alert.error, ['alerts', index])));
    if (faults.length >= MAX_FAULTS) break;
  }
  if (!envelope.success || faults.length > 0) throw invalid(faults);
  return { alerts, truncatedAlerts: envelope.data.truncatedAlerts };
}

/** Alerts are looked at even where the envelope has a fault: one answer names all that is wrong. */
function listAlerts(payload: unknown): readonly unknown[] {
  return isRecord(payload) && Array.isArray(payload['alerts']) ? payload['alerts'] : [];
}

function toAlert(alert: z.infer<typeof alertSchema>, entry: unknown): Alert {
  const { status, startsAt, endsAt, generatorURL, fingerprint } = alert;
  return redactAlert({
    status,
    labels: withOwnProto(alert.labels, entry, 'labels'),
    annotations: withOwnProto(alert.annotations, entry, 'annotations'),
    startsAt,
    // While an alert fires, Alertmanager sends year 1.
    ...(status === 'firing' || endsAt === undefined ? {} : { endsAt }),
    generatorURL,
    fingerprint,
  });
}

/** `__proto__` is a legal name of a label, which zod leaves out of records. As an own property it is data like any. */
function withOwnProto(checked: Record<string, string>, entry: unknown, set: string): Record<string, string> {
  const raw = isRecord(entry) ? entry[set] : undefined;
  const value: unknown = isRecord(raw) ? Object.getOwnPropertyDescriptor(raw, '__proto__')?.value : undefined;
  if (typeof value !== 'string') return checked;
  return Object.fromEntries([...Object.entries(checked), ['__proto__', value]]);
}

function tooManyEntries(value: unknown, base: readonly PropertyKey[] = []): ProblemItem[] {
  if (!isRecord(value)) return [];
  return labelSets
    .filter((set) => isRecord(value[set]) && Object.keys(value[set]).length > MAX_ENTRIES)
    .map((set) => ({ path: toPath([...base, set]), message: `has more than ${MAX_ENTRIES} entries` }));
}

function toItems(error: z.ZodError, base: readonly PropertyKey[] = []): ProblemItem[] {
  return error.issues.slice(0, MAX_FAULTS).map(({ path, message }) => ({ path: toPath([...base, ...path]), message }));
}

function toPath(path: readonly PropertyKey[]): string {
  return path.map(String).join('.').slice(0, MAX_PATH_LENGTH).toWellFormed();
}

function invalid(faults: readonly ProblemItem[]): HttpProblem {
  return new HttpProblem(400, {
    kind: 'payload-invalid',
    detail: "The body is not a webhook payload of Alertmanager's version 4.",
    errors: faults.slice(0, MAX_FAULTS),
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
