import type { PrometheusReader } from './prometheus-reader.ts';

/** When Prometheus first saw an alert in a state. */
export interface AlertState {
  readonly alertname: string;
  readonly state: 'pending' | 'firing';
  /** Milliseconds since the epoch. */
  readonly at: number;
}

const selectorOf = (alerts: readonly string[]): string => `ALERTS{alertname=~"${alerts.join('|')}"}`;

/** The first of each of these alerts in each state since then (milliseconds since the epoch), oldest first. */
export async function firstStates(
  reader: PrometheusReader,
  { alerts, since }: { readonly alerts: readonly string[]; readonly since: number },
): Promise<readonly AlertState[]> {
  const first = new Map<string, AlertState>();
  for (const { labels, values } of await reader.series(selectorOf(alerts), (Date.now() - since) / 1000)) {
    const { alertname = '', alertstate } = labels;
    const at = values.find((value) => value.at >= since)?.at;
    if (at === undefined) continue;
    const key = `${alertname} ${alertstate}`;
    const known = first.get(key);
    if (known === undefined || at < known.at)
      first.set(key, { alertname, state: alertstate as AlertState['state'], at });
  }
  return [...first.values()].toSorted((one, other) => one.at - other.at);
}

/** Whether any of these alerts is pending or fires now. */
export async function areActive(reader: PrometheusReader, alerts: readonly string[]): Promise<boolean> {
  return await reader.holds(selectorOf(alerts));
}
