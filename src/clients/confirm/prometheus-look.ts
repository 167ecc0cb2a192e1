import type { ConfirmSettings } from '../../config/alerts-schema.ts';
import type { SourceCheck } from '../../domain/alert/source-check.ts';
import { MendloopError } from '../../domain/failures.ts';
import { quote } from '../../domain/query/promql-literal.ts';
import { partialAnswer } from '../prometheus/partial-answer.ts';
import type { PrometheusClient } from '../prometheus/prometheus-client.ts';
import { askable, beyond, isPartOf } from './same-labels.ts';
import type { CheckedAlert, SourceLook } from './alert-source.ts';
import { orUnknown } from './or-unknown.ts';

const SOURCE = 'prometheus';

/** Longest question, in characters: labels beyond it are compared here alone. */
const MAX_QUERY = 4000;

/** Longest question that is told, in characters. */
const MAX_ASKED = 1000;

/** Labels of `ALERTS` that are not the alert's. */
const OWN = new Set(['__name__', 'alertstate']);

/** Names of labels that can be learned, so that hostile alerts do not fill the memory. */
const MAX_LEARNED = 100;

/** One series of `ALERTS`. */
interface AlertSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly state: string | undefined;
}

/**
 * Asks the series `ALERTS` of Prometheus. Labels that Prometheus adds on the way to Alertmanager are on the alert and not
 * on the series, so that a series counts whose labels are all the alert's.
 *
 * The first question names all labels but those known to be added, which is one cheap look-up. Where that finds nothing,
 * all alerts of the name are read and compared here, and which labels are added is learned from the one that matches.
 */
export function createPrometheusLook(
  prometheus: PrometheusClient,
  { externalLabels }: Pick<ConfirmSettings, 'externalLabels'>,
): SourceLook {
  const added = new Set(externalLabels);

  /** Why an answer may lack series is added to `missing`. */
  async function seriesOf(
    expr: string,
    { signal, missing }: { readonly signal: AbortSignal; readonly missing: string[] },
  ): Promise<AlertSeries[]> {
    const answer = await prometheus.instantQuery(expr, { signal });
    if (answer.resultType !== 'vector') throw new MendloopError('PrometheusUnavailable', 'Prometheus gave no vector');
    const partial = partialAnswer(answer);
    if (partial !== undefined) missing.push(partial);
    return answer.result.map(({ metric }) => ({
      labels: Object.fromEntries(Object.entries(metric).filter(([name]) => !OWN.has(name))),
      state: metric['alertstate'],
    }));
  }

  function learn(alert: CheckedAlert, { labels }: AlertSeries): void {
    for (const name of beyond(labels, alert.labels)) {
      if (added.size < MAX_LEARNED) added.add(name);
    }
  }

  async function look(alert: CheckedAlert, signal: AbortSignal): Promise<SourceCheck> {
    const name = alert.labels['alertname'] ?? '';
    const isSame = ({ labels }: AlertSeries) =>
      isPartOf(labels, alert.labels) &&
      (externalLabels === undefined || beyond(labels, alert.labels).every((one) => added.has(one)));
    const missing: string[] = [];
    const narrow = (await seriesOf(selectorOf(alert, added), { signal, missing })).filter(isSame);
    if (narrow.some(isFiring)) return firing();

    const asked = `ALERTS{alertname=${quote(name)},alertstate="firing"}`;
    // Where the settings say what is added, the first question has found all there is.
    const all = externalLabels === undefined ? await seriesOf(asked, { signal, missing }) : [];
    const match = all.find(isSame);
    if (match !== undefined) {
      learn(alert, match);
      return firing();
    }
    // What was found is there; what was not may be in the part that is missing.
    if (missing[0] !== undefined) throw new MendloopError('PrometheusUnavailable', missing[0]);
    return {
      status: 'not_firing',
      source: SOURCE,
      asked: (externalLabels === undefined ? asked : selectorOf(alert, added)).slice(0, MAX_ASKED).toWellFormed(),
      text: describe(narrow, all.length),
    };
  }

  return orUnknown(look, {
    source: SOURCE,
    called: 'Prometheus',
    asked: (alert) => selectorOf(alert, added).slice(0, MAX_ASKED).toWellFormed(),
  });
}

/** Every label of the alert with its value, but for those that are added on the way; the name first. */
function selectorOf({ labels }: CheckedAlert, added: ReadonlySet<string>): string {
  let left = MAX_QUERY;
  const { alertname = '', ...others } = labels;
  const matchers = askable(others)
    .filter(([name]) => !added.has(name) && !OWN.has(name))
    .map(([name, value]) => `${name}=${quote(value)}`)
    .filter(({ length }) => {
      if (length > left) return false;
      left -= length;
      return true;
    });
  return `ALERTS{${[`alertname=${quote(alertname)}`, ...matchers].join(',')}}`;
}

function isFiring({ state }: AlertSeries): boolean {
  return state === 'firing';
}

function firing(): SourceCheck {
  return { status: 'firing', source: SOURCE, text: 'Prometheus has the alert firing' };
}

function describe(same: readonly AlertSeries[], others: number): string {
  if (same.length > 0) return 'Prometheus has the alert pending, not firing';
  const more = others === 0 ? '' : `; ${others} with the same name and other labels ${others === 1 ? 'does' : 'do'}`;
  return `the alert does not fire in Prometheus${more}`;
}
