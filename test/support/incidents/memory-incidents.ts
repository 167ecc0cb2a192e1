import type { Alert } from '../../../src/domain/alert/alert.ts';
import { alertIdentity, remediationId } from '../../../src/domain/alert/remediation-id.ts';
import { defined } from '../../../src/domain/defined.ts';
import type { Incident } from '../../../src/domain/incident/incident.ts';
import { judge, type Told } from '../../../src/domain/incident/judge.ts';
import type { Delivered, IncidentStore } from '../../../src/store/incidents/incident-store.ts';

interface Kept {
  incident: Incident;
  readonly alert: Alert;
}

/** Incidents in memory, judged as the store's are; it counts the calls. */
export class MemoryIncidents implements IncidentStore {
  /** By the IDs of their remediations. */
  readonly kept = new Map<string, Kept>();
  readonly calls = { judgeDelivery: 0, recognise: 0, mark: 0 };
  /** Awaited by every call; throw to have the store away. */
  gate: () => Promise<void> | void = () => undefined;

  async judgeDelivery({ cluster, delivered, now }: Parameters<IncidentStore['judgeDelivery']>[0]) {
    this.calls.judgeDelivery += 1;
    await this.gate();
    return delivered.map(({ alert, wants }) => {
      const identity = alertIdentity(cluster, alert);
      const judgement = judge({ identity, incident: this.#newest(identity), told: toldBy(alert, wants), now });
      if (judgement.verdict === 'open' && judgement.previous !== undefined) this.#keep(judgement.previous, alert);
      if (judgement.verdict !== 'ignore') this.#keep(judgement.incident, alert);
      return judgement;
    });
  }

  async recognise({ cluster, alerts }: Parameters<IncidentStore['recognise']>[0]) {
    this.calls.recognise += 1;
    await this.gate();
    return alerts.map((alert) => {
      const incident = this.#newest(alertIdentity(cluster, alert));
      return incident?.started === true && incident.endHeardAt === undefined && incident.ended === undefined;
    });
  }

  async mark({ started, endTold }: Parameters<IncidentStore['mark']>[0]) {
    this.calls.mark += 1;
    await this.gate();
    for (const id of started) this.#change(id, { started: true });
    for (const id of endTold) this.#change(id, { endTold: true });
    return [...started, ...endTold].flatMap((id) => {
      const incident = this.kept.get(id)?.incident;
      if (incident?.endHeardAt === undefined || incident.endTold) return [];
      return [{ remediationId: id, endHeardAt: incident.endHeardAt }];
    });
  }

  async recordEnd({ remediationId: id, ...ended }: Parameters<IncidentStore['recordEnd']>[0]) {
    await this.gate();
    this.#change(id, { started: true, ended });
  }

  async recordLost({ remediationIds, at }: Parameters<IncidentStore['recordLost']>[0]) {
    await this.gate();
    const lost = remediationIds.filter((id) => this.kept.get(id)?.incident.ended === undefined);
    for (const id of lost) this.#change(id, { ended: { outcome: 'lost', at, enterAgainAt: at } });
    return lost;
  }

  async find(id: string) {
    await this.gate();
    return this.kept.get(id)?.incident;
  }

  async due({ cluster, now, limit }: Parameters<IncidentStore['due']>[0]) {
    await this.gate();
    return [...this.kept.values()]
      .filter(({ incident }) => incident.cluster === cluster && incident.endHeardAt === undefined)
      .filter(({ incident }) => (incident.ended?.enterAgainAt ?? Infinity) <= now)
      .slice(0, limit);
  }

  async postpone({ remediationIds, until }: Parameters<IncidentStore['postpone']>[0]) {
    await this.gate();
    for (const id of remediationIds) {
      const ended = this.kept.get(id)?.incident.ended;
      if (ended?.enterAgainAt !== undefined) this.#change(id, { ended: { ...ended, enterAgainAt: until } });
    }
  }

  async unended({ after = '', limit }: Parameters<IncidentStore['unended']>[0]) {
    await this.gate();
    return [...this.kept.values()]
      .map(({ incident }) => incident)
      .filter(({ ended, remediationId: id }) => ended === undefined && id > after)
      .sort((a, b) => (a.remediationId < b.remediationId ? -1 : 1))
      .slice(0, limit);
  }

  forget(): Promise<number> {
    return Promise.resolve(0);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #newest(identity: ReturnType<typeof alertIdentity>): Incident | undefined {
    let newest: Incident | undefined;
    for (let n = 1; ; n += 1) {
      const kept = this.kept.get(remediationId({ ...identity, n }));
      if (kept === undefined) return newest;
      newest = kept.incident;
    }
  }

  #keep(incident: Incident, alert: Alert): void {
    this.kept.set(incident.remediationId, {
      incident,
      alert: this.kept.get(incident.remediationId)?.alert ?? alert,
    });
  }

  #change(id: string, change: Partial<Incident>): void {
    const kept = this.kept.get(id);
    if (kept !== undefined) kept.incident = { ...kept.incident, ...change };
  }
}

function toldBy({ status, startsAt, endsAt }: Alert, wants: Delivered['wants']): Told {
  const start = Date.parse(startsAt);
  if (status === 'firing') return { status, startsAt: start, wants };
  const end = Date.parse(endsAt ?? '');
  return { status, ...defined({ endsAt: end >= start ? end : undefined }) };
}
