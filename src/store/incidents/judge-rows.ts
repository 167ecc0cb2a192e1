import type { Alert } from '../../domain/alert/alert.ts';
import { type AlertIdentity, alertIdentity, remediationId } from '../../domain/alert/remediation-id.ts';
import { judge, type Judgement, type Told } from '../../domain/incident/judge.ts';
import type { Incident } from '../../domain/incident/incident.ts';
import type { StoredIncident } from './incident-rows.ts';
import type { Delivered } from './incident-store.ts';

/** One alert that waits for its judgement. */
export interface ToJudge {
  readonly identity: AlertIdentity;
  /** The alert as JSON. */
  readonly text: string;
  readonly told: Told;
  readonly now: number;
}

/** All that a batch is told of one alert, in the order in which it is told. */
export interface AlertToJudge {
  /** The ID that its first incident has or would have. */
  readonly key: string;
  readonly identity: AlertIdentity;
  readonly entries: readonly AlertEntry[];
}

/** With its place in the batch. */
export type AlertEntry = ToJudge & { readonly place: number };

/** A row that is to be written if it still has the version. */
export interface RowChange {
  readonly incident: Incident;
  readonly version: number;
  /** There is a newer one. */
  readonly isSuperseded: boolean;
}

/** An incident that is to be opened. */
export interface RowToOpen {
  readonly incident: Incident;
  /** The alert as JSON. */
  readonly text: string;
  readonly now: number;
}

interface Judged {
  readonly place: number;
  readonly judgement: Judgement;
}

/** An alert that had no incident before, as far as its first. */
export interface Opening {
  readonly judged: readonly Judged[];
  readonly row: RowToOpen;
  /** What it is told after that. */
  readonly rest: readonly AlertEntry[];
}

/** What is told of an alert, judged from its newest incident on. */
export interface JudgedAlert {
  readonly judged: readonly Judged[];
  /** Absent: it is as it was. */
  readonly change?: RowChange;
  /** Those that follow on it, in the order of their numbers. */
  readonly opened: readonly RowToOpen[];
}

export function toJudge(cluster: string, { alert, wants }: Delivered, now: number): ToJudge {
  return { identity: alertIdentity(cluster, alert), text: JSON.stringify(alert), told: toldBy(alert, wants), now };
}

function toldBy({ status, startsAt, endsAt }: Alert, wants: Delivered['wants']): Told {
  const start = Date.parse(startsAt);
  if (status === 'firing') return { status, startsAt: start, wants };
  // Senders without an end give year 1, or none.
  const end = Date.parse(endsAt ?? '');
  return { status, ...(end >= start && end > 0 ? { endsAt: end } : {}) };
}

/** Alerts in the order of their keys: the order in which rows are locked. */
export function byAlert(batch: readonly ToJudge[]): AlertToJudge[] {
  const alerts = new Map<string, AlertToJudge & { readonly entries: AlertEntry[] }>();
  for (const [place, entry] of batch.entries()) {
    const key = remediationId({ ...entry.identity, n: 1 });
    const alert = alerts.get(key);
    if (alert === undefined) alerts.set(key, { key, identity: entry.identity, entries: [{ ...entry, place }] });
    else alert.entries.push({ ...entry, place });
  }
  return [...alerts.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** How an alert without any incident gets its first; undefined if nothing that is told opens one. */
export function openingOf({ identity, entries }: AlertToJudge): Opening | undefined {
  const judged: Judged[] = [];
  for (const [index, { told, now, text, place }] of entries.entries()) {
    const judgement = judge({ identity, incident: undefined, told, now });
    judged.push({ place, judgement });
    if (judgement.verdict === 'open') {
      return { judged, row: { incident: judgement.incident, text, now }, rest: entries.slice(index + 1) };
    }
  }
  return undefined;
}

/** Judges one after the other what is told of an alert, from its newest incident on. */
export function judgeAlert({ identity, entries }: AlertToJudge, stored: StoredIncident): JudgedAlert {
  const judged: Judged[] = [];
  const opened: RowToOpen[] = [];
  let newest = stored.incident;
  let change: RowChange | undefined;

  const keep = (incident: Incident, isSuperseded: boolean) => {
    const last = opened.at(-1);
    if (last === undefined) change = { incident, version: stored.version, isSuperseded };
    else opened[opened.length - 1] = { ...last, incident };
  };
  for (const { told, now, text, place } of entries) {
    const judgement = judge({ identity, incident: newest, told, now });
    judged.push({ place, judgement });
    if (judgement.verdict === 'ignore') continue;
    if (judgement.verdict === 'open') {
      keep(judgement.previous ?? newest, true);
      opened.push({ incident: judgement.incident, text, now });
    } else if (judgement.incident !== newest) keep(judgement.incident, false);
    newest = judgement.incident;
  }
  return { judged, opened, ...(change === undefined ? {} : { change }) };
}
