import type { Alert } from '../../domain/alert/alert.ts';
import { MendloopError } from '../../domain/failures.ts';
import { remediationId } from '../../domain/alert/remediation-id.ts';
import type { AlertResult } from '../../telemetry/metrics.ts';
import { eachBounded } from '../http/each-bounded.ts';
import type { RemediationStarter } from './remediation-starter.ts';

export interface DeliveryOptions {
  readonly alerts: readonly Alert[];
  readonly starter: RemediationStarter;
  /** Calls at the same time, and failures after which no further call is made. */
  readonly concurrency: number;
}

export interface Delivery {
  /** Adds up to the number of alerts given. */
  readonly counts: Readonly<Record<AlertResult, number>>;
  /** Positions, in what was given, of alerts that can never be taken. */
  readonly rejected: readonly number[];
  /** The alerts behind `started`. */
  readonly started: readonly Alert[];
  /** One of the errors behind `failed`. */
  readonly failure?: unknown;
}

/** One alert of a payload, with how often the payload holds it. */
interface Entry {
  readonly alert: Alert;
  readonly index: number;
  times: number;
}

/**
 * Hands every alert over, each once, `concurrency` at a time. One that fails does not keep the others back, so that
 * the repeat has the rest only. When as many have failed as fit side by side, Temporal is away and the remaining ones
 * are left to the repeat: waiting out a deadline for each would hold the request for minutes.
 */
export async function deliverAlerts({ alerts, starter, concurrency }: DeliveryOptions): Promise<Delivery> {
  const counts = { started: 0, duplicate: 0, signalled: 0, ignored: 0, failed: 0, rejected: 0 };
  const rejected: number[] = [];
  const started: Alert[] = [];
  const failures: unknown[] = [];

  const deliver = async (entry: Entry): Promise<AlertResult> => {
    if (failures.length >= concurrency) return 'failed';
    try {
      return await (entry.alert.status === 'firing' ? starter.start(entry.alert) : starter.resolve(entry.alert));
    } catch (error) {
      if (error instanceof MendloopError && error.type === 'AlertTooLarge') {
        rejected.push(entry.index);
        return 'rejected';
      }
      failures.push(error);
      return 'failed';
    }
  };
  const count = async (entry: Entry) => {
    const result = await deliver(entry);
    if (result === 'started') started.push(entry.alert);
    counts[result] += 1;
    counts[again[result]] += entry.times - 1;
  };

  const entries = distinct(alerts);
  const withStatus = (status: Alert['status']) => entries.filter(({ alert }) => alert.status === status);
  // An alert that fires and resolves in one payload has to be started before it can be signalled.
  await eachBounded(withStatus('firing'), concurrency, count);
  await eachBounded(withStatus('resolved'), concurrency, count);
  return { counts, rejected, started, failure: failures[0] };
}

/** What the second entry of the same alert counts as. */
const again: Readonly<Record<AlertResult, AlertResult>> = {
  started: 'duplicate',
  duplicate: 'duplicate',
  signalled: 'ignored',
  ignored: 'ignored',
  failed: 'failed',
  rejected: 'rejected',
};

function distinct(alerts: readonly Alert[]): Entry[] {
  const entries = new Map<string, Entry>();
  for (const [index, alert] of alerts.entries()) {
    const key = `${alert.status} ${remediationId(alert)}`;
    const entry = entries.get(key);
    if (entry === undefined) entries.set(key, { alert, index, times: 1 });
    else entry.times += 1;
  }
  return [...entries.values()];
}
