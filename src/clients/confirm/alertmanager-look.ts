import { z } from 'zod';
import type { SourceCheck } from '../../domain/alert/source-check.ts';
import { filtersOf, secondsUp } from '../notifications/alertmanager/alert-state.ts';
import type { AlertmanagerApi } from '../notifications/alertmanager/alertmanager-api.ts';
import { beyond, isPartOf } from './same-labels.ts';
import type { CheckedAlert, SourceLook } from './alert-source.ts';
import { orUnknown } from './or-unknown.ts';

const SOURCE = 'alertmanager';

/** Longest question that is told, in characters. */
const MAX_ASKED = 1000;

/** Alertmanager lists what fires, silenced or inhibited too. Source: its `api/v2/openapi.yaml`. */
const alertsSchema = z.array(
  z.looseObject({
    fingerprint: z.string(),
    labels: z.record(z.string(), z.string()),
    startsAt: z.iso.datetime({ offset: true }),
  }),
);

export interface AlertmanagerLookOptions {
  /**
   * Seconds after its start for which an Alertmanager that does not know an alert proves nothing: it keeps alerts in memory
   * alone, until Prometheus repeats them.
   */
  readonly settleSeconds?: number | undefined;
}

/**
 * Asks Alertmanager for the alert by its fingerprint. The labels must be the same too: a fingerprint in a message is a
 * claim like any other.
 */
export function createAlertmanagerLook(
  api: AlertmanagerApi,
  { settleSeconds = 300 }: AlertmanagerLookOptions = {},
): SourceLook {
  async function look({ fingerprint, labels }: CheckedAlert, signal: AbortSignal): Promise<SourceCheck> {
    const filter = filtersOf(labels);
    const { content, now } = await api.ask({ method: 'GET', path: '/alerts', query: { filter }, signal }, alertsSchema);
    const alert = content.find(
      (one) =>
        one.fingerprint === fingerprint && isPartOf(one.labels, labels) && beyond(one.labels, labels).length === 0,
    );
    if (alert !== undefined) {
      return { status: 'firing', source: SOURCE, text: `Alertmanager has the alert firing since ${alert.startsAt}` };
    }
    const seconds = await secondsUp(api, { now, signal });
    const answer = { source: SOURCE, asked: askedOf(filter, fingerprint) };
    if (seconds < settleSeconds) {
      const text = `Alertmanager started ${seconds} s ago and may not have heard of the alert again`;
      return { ...answer, status: 'unknown', text };
    }
    return { ...answer, status: 'not_firing', text: 'the alert does not fire in Alertmanager' };
  }

  return orUnknown(look, {
    source: SOURCE,
    called: 'Alertmanager',
    asked: ({ labels, fingerprint }) => askedOf(filtersOf(labels), fingerprint),
  });
}

/** What a human can ask again. */
function askedOf(filter: readonly string[], fingerprint: string): string {
  const query = new URLSearchParams(filter.map((one): [string, string] => ['filter', one])).toString();
  return `GET /api/v2/alerts?${query}`.slice(0, MAX_ASKED) + `, fingerprint ${fingerprint}`;
}
