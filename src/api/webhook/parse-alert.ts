import type { z } from 'zod';
import { type Alert, alertSchema } from '../../domain/alert/alert.ts';
import { redactAlert } from '../../domain/text/redact.ts';
import { isRecord } from './is-record.ts';

/** Entries of one label set; Prometheus's own limits are far below. Bounds the faults that one alert can have. */
export const MAX_ENTRIES = 1000;

export type ParsedAlert =
  | { readonly status: 'taken'; readonly alert: Alert }
  /** It is an alert, with more in it than can be stored. */
  | { readonly status: 'too_large' }
  | { readonly status: 'invalid'; readonly error: z.ZodError };

/** Checks one entry of a webhook. The alert holds the documented fields only, and is redacted. */
export function parseAlert(entry: unknown, receiver: string): ParsedAlert {
  if (['labels', 'annotations'].some((set) => hasTooManyEntries(entry, set))) return { status: 'too_large' };
  const { success, data, error } = alertSchema.safeParse(entry);
  if (success) return { status: 'taken', alert: toAlert(data, { entry, receiver }) };
  // Of a value that is too long nothing else can be wrong.
  if (error.issues.every(({ code }) => code === 'too_big')) return { status: 'too_large' };
  return { status: 'invalid', error };
}

export function hasTooManyEntries(value: unknown, set: string): boolean {
  const entries = isRecord(value) ? value[set] : undefined;
  return isRecord(entries) && Object.keys(entries).length > MAX_ENTRIES;
}

function toAlert(
  { status, labels, annotations, startsAt, endsAt, generatorURL, fingerprint }: z.infer<typeof alertSchema>,
  { entry, receiver }: { readonly entry: unknown; readonly receiver: string },
): Alert {
  return redactAlert({
    status,
    labels: withOwnProto(labels, entry, 'labels'),
    annotations: withOwnProto(annotations, entry, 'annotations'),
    startsAt: inUtc(startsAt),
    // While an alert fires, Alertmanager sends year 1; some senders do so whatever its status.
    ...(status === 'firing' || endsAt == null || isYearOne(endsAt) ? {} : { endsAt: inUtc(endsAt) }),
    generatorURL,
    fingerprint,
    ...(receiver === '' ? {} : { receiver }),
  });
}

function isYearOne(instant: string): boolean {
  return new Date(instant).getUTCFullYear() <= 1;
}

/** Senders give instants in zones of their own; that of ours is the same wherever it is shown. */
function inUtc(instant: string): string {
  if (instant.endsWith('Z')) return instant;
  const utc = new Date(instant).toISOString();
  // Before year 0 and after year 9999 it is no RFC 3339 any more.
  return /^\d{4}-/.test(utc) ? utc : instant;
}

/** `__proto__` is a legal name of a label, which zod leaves out of records. As an own property it is data like any. */
function withOwnProto(checked: Record<string, string>, entry: unknown, set: string): Record<string, string> {
  const raw = isRecord(entry) ? entry[set] : undefined;
  const value: unknown = isRecord(raw) ? Object.getOwnPropertyDescriptor(raw, '__proto__')?.value : undefined;
  if (typeof value !== 'string') return checked;
  return Object.fromEntries([...Object.entries(checked), ['__proto__', value]]);
}
