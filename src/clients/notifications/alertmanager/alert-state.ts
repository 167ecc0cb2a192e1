import { z } from 'zod';
import type { AlertState, AlertStateRequest } from '../../../domain/notice/page-hold.ts';
import { REDACTED } from '../../../domain/text/redact.ts';
import type { AlertmanagerApi } from './alertmanager-api.ts';

export interface AlertStateOptions {
  /**
   * Seconds after its start for which an Alertmanager that does not know an alert proves nothing: it keeps alerts in memory
   * alone. Prometheus repeats each firing alert every minute by default (`rules.alert.resend-delay`), or at the next
   * evaluation of its rule, where those are further apart.
   */
  readonly settleSeconds?: number;
}

const alertsSchema = z.array(
  z.looseObject({
    fingerprint: z.string(),
    startsAt: z.iso.datetime({ offset: true }),
    status: z.looseObject({ silencedBy: z.array(z.string()) }),
  }),
);
/** `uptime` is the instant of the start. */
const statusSchema = z.looseObject({ uptime: z.iso.datetime({ offset: true }) });

/** Longest query, in characters, that every proxy passes on. */
const MAX_QUERY = 2000;

/** Names that every version's filter can spell. */
const PLAIN_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** Asks Alertmanager, where no `resolved` notification comes because a silence holds it back too. */
export function createAlertStates(api: AlertmanagerApi, { settleSeconds = 300 }: AlertStateOptions = {}) {
  return async ({ fingerprint, labels }: AlertStateRequest, signal?: AbortSignal): Promise<AlertState> => {
    const withSignal = signal === undefined ? {} : { signal };
    const { content, now } = await api.ask(
      { method: 'GET', path: '/alerts', query: { filter: filtersOf(labels) }, ...withSignal },
      alertsSchema,
    );
    const alert = content.find((candidate) => candidate.fingerprint === fingerprint);
    if (alert !== undefined) {
      return { state: 'firing', startsAt: alert.startsAt, silenced: alert.status.silencedBy.length > 0 };
    }
    const seconds = await secondsUp(api, { now, ...withSignal });
    if (seconds < settleSeconds) return { state: 'unknown', reason: `Alertmanager started ${seconds} s ago` };
    return { state: 'resolved' };
  };
}

/** Whole seconds since Alertmanager started, at `now` by its own clock in milliseconds. @throws as the API does. */
export async function secondsUp(
  api: AlertmanagerApi,
  { now, ...withSignal }: { readonly now: number; readonly signal?: AbortSignal },
): Promise<number> {
  const { content } = await api.ask({ method: 'GET', path: '/status', ...withSignal }, statusSchema);
  return Math.max(0, Math.round((now - Date.parse(content.uptime)) / 1000));
}

/** As many labels as the query has room for: the fingerprint decides, these keep the answer small in a storm. */
export function filtersOf(labels: AlertStateRequest['labels']): string[] {
  let left = MAX_QUERY;
  return Object.entries(labels)
    .filter(([name, value]) => PLAIN_NAME.test(name) && !value.includes(REDACTED))
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .filter((filter) => {
      const { length } = encodeURIComponent(filter);
      if (length > left) return false;
      left -= length;
      return true;
    });
}
