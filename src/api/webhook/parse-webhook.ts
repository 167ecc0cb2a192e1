import { setImmediate as nextTurn } from 'node:timers/promises';
import { z } from 'zod';
import { type Alert, webhookSchema } from '../../domain/alert/alert.ts';
import { HttpProblem, type ProblemItem } from '../http/http-problem.ts';
import { isRecord } from './is-record.ts';
import { hasTooManyEntries, MAX_ENTRIES, parseAlert } from './parse-alert.ts';

/** Faults named in one answer. Finding them stops soon after, so that a body of nothing but faults costs little. */
const MAX_FAULTS = 20;
const MAX_PATH_LENGTH = 200;
/** As long as the settings may name one. */
const MAX_RECEIVER = 200;
/** Alerts that are checked without a pause: a body may hold tens of thousands. */
const PART = 200;

const envelopeSchema = webhookSchema.extend({ alerts: z.array(z.unknown()) });
const labelSets = ['groupLabels', 'commonLabels', 'commonAnnotations', 'routeLabels'];

/** What a webhook asks for. The alerts hold the documented fields only, and are redacted. */
export interface Webhook {
  readonly alerts: readonly Alert[];
  /** Positions, among the alerts of the body, of those in `alerts`. */
  readonly positions: readonly number[];
  /** Positions of those with more in them than can be stored: the others of the group are not lost for them. */
  readonly tooLarge: readonly number[];
  readonly truncatedAlerts: number;
}

/**
 * Checks a payload of Alertmanager's webhook, from every sender: Grafana's alerting sends the same with a version and more
 * fields of its own.
 *
 * @throws HttpProblem 400 with the path of each fault, up to 20; no message holds a value out of the payload.
 */
export async function parseWebhook(payload: unknown): Promise<Webhook> {
  const faults = labelSets
    .filter((set) => hasTooManyEntries(payload, set))
    .map((set): ProblemItem => ({ path: set, message: `has more than ${MAX_ENTRIES} entries` }));
  if (faults.length > 0) throw invalid(faults);
  const envelope = envelopeSchema.safeParse(payload);
  if (!envelope.success) faults.push(...toItems(envelope.error));

  const receiver = envelope.success ? envelope.data.receiver.slice(0, MAX_RECEIVER) : '';
  const alerts: Alert[] = [];
  const positions: number[] = [];
  const tooLarge: number[] = [];
  for (const [index, entry] of listAlerts(payload).entries()) {
    if (index % PART === PART - 1) await nextTurn();
    const parsed = parseAlert(entry, receiver);
    if (parsed.status === 'taken') {
      alerts.push(parsed.alert);
      positions.push(index);
    } else if (parsed.status === 'too_large') tooLarge.push(index);
    else faults.push(...toItems(parsed.error, ['alerts', index]));
    if (faults.length >= MAX_FAULTS) break;
  }
  if (!envelope.success || faults.length > 0) throw invalid(faults);
  return { alerts, positions, tooLarge, truncatedAlerts: envelope.data.truncatedAlerts };
}

/** Alerts are looked at even where the envelope has a fault: one answer names all that is wrong. */
function listAlerts(payload: unknown): readonly unknown[] {
  return isRecord(payload) && Array.isArray(payload['alerts']) ? payload['alerts'] : [];
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
    detail: "The body is not a payload of Alertmanager's webhook.",
    errors: faults.slice(0, MAX_FAULTS),
  });
}
