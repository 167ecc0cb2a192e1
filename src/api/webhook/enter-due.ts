import { Wants } from '../../domain/incident/wants.ts';
import type { DueIncident } from '../../store/incidents/incident-store.ts';
import { eachBounded } from '../http/each-bounded.ts';
import { decideAlerts } from './decide-alerts.ts';
import type { DeliveryParts } from './deliver-alerts.ts';
import { defined } from '../../domain/defined.ts';
import { previousOf } from './previous-of.ts';

/** Incidents of one pass: what waits for the end of a pause does not all come at once. */
const MAX_DUE = 50;

/** Milliseconds until one that is not wanted yet is looked at again: its rule may go to more at any time. */
const LOOK_AGAIN_MS = 600_000;

/** One pass; see `Intake`. */
export async function enterDue(parts: DeliveryParts): Promise<number> {
  const { incidents, starter, marker, cluster, clock, concurrency } = parts;
  const now = clock();
  const due = await incidents.due({ cluster, now, limit: MAX_DUE });
  const decided = await decideAlerts<DueIncident>(parts, due, concurrency);
  const wanted = decided.filter(({ wants }) => wants !== Wants.Nothing && wants !== Wants.Unknown);
  const judgements = await incidents.judgeDelivery({
    cluster,
    delivered: wanted.map(({ item, wants }) => ({ alert: item.alert, wants })),
    now,
  });
  const opened = wanted.flatMap(({ item, decision }, index) => {
    const judgement = judgements[index];
    return judgement?.verdict === 'open'
      ? [{ due: item, alert: item.alert, decision, incident: judgement.incident, previous: previousOf(item.incident) }]
      : [];
  });
  const entered = new Set(opened.map((one) => one.due));
  await incidents.postpone({
    remediationIds: due.filter((one) => !entered.has(one)).map(({ incident }) => incident.remediationId),
    until: now + LOOK_AGAIN_MS,
  });
  await eachBounded(opened, concurrency, async ({ alert, decision, previous, incident: { remediationId } }) => {
    await starter.start({ remediationId, alert, cluster, ...defined({ decision, previous }) });
    marker.add({ remediationId, what: 'started', alert });
  });
  return opened.length;
}
