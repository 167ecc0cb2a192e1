import { setImmediate as nextTurn } from 'node:timers/promises';
import type { PreviousRemediation } from '../../contract/remediation.ts';
import type { Alert } from '../../domain/alert/alert.ts';
import { defined } from '../../domain/defined.ts';
import { MendloopError } from '../../domain/failures.ts';
import type { Incident } from '../../domain/incident/incident.ts';
import type { Judgement } from '../../domain/incident/judge.ts';
import { Wants } from '../../domain/incident/wants.ts';
import { Outcome } from '../../domain/remediation/outcome.ts';
import type { IncidentStore } from '../../store/incidents/incident-store.ts';
import type { UnhandledStore } from '../../store/unhandled/unhandled-store.ts';
import { eachBounded } from '../http/each-bounded.ts';
import { isTooLarge } from './alert-size.ts';
import { type Decided, decideAlerts, type DecideAlertsParts } from './decide-alerts.ts';
import type { DecisionRecord } from './decision-record.ts';
import { type Delivery, DeliveryRecord } from './delivery.ts';
import { distinct, type Entry } from './entries.ts';
import type { Marker } from './marker.ts';
import { previousOf } from './previous-of.ts';
import type { RemediationStarter, StartObserver } from './remediation-starter.ts';
import { toUnwanted } from './to-unwanted.ts';

export interface DeliveryParts extends DecideAlertsParts {
  readonly incidents: IncidentStore;
  readonly unhandled: Pick<UnhandledStore, 'record'>;
  readonly starter: RemediationStarter;
  readonly observer?: Pick<StartObserver, 'foresee'> | undefined;
  readonly marker: Pick<Marker, 'add'>;
  readonly decisions: Pick<DecisionRecord, 'unwanted'> | undefined;
  /** Calls of one request at the same time, and failures after which no further call is made. */
  readonly concurrency: number;
  /** Alerts of one request that are started or told of their end; the rest is left to the repeat. */
  readonly maxAlerts: number;
  readonly clock: () => number;
}

/** Alerts that are decided and judged together; between two such parts others have their turn. */
const PART = 200;

/** Alerts of a request from which on it is worth a query of its own to find those that are known. */
const LOOK_UP_FROM = 50;

/**
 * Takes the alerts of one request: each once, the ones that fire first, so that one that fires and resolves in one payload
 * is started before it is told of its end. One that fails does not keep the others back; what was taken stays taken, so
 * that the repeat has the rest only.
 */
export async function deliverAlerts(parts: DeliveryParts, alerts: readonly Alert[]): Promise<Delivery> {
  const delivery = new AlertDelivery(parts);
  const entries = distinct(alerts);
  await delivery.takeFiring(entries.filter(({ alert }) => alert.status === 'firing'));
  await delivery.takeResolved(entries.filter(({ alert }) => alert.status === 'resolved'));
  return delivery.record;
}

class AlertDelivery {
  readonly record: DeliveryRecord;
  readonly #parts: DeliveryParts;
  /** Alerts that this request may still start or tell. */
  #left: number;

  constructor(parts: DeliveryParts) {
    this.#parts = parts;
    this.#left = parts.maxAlerts;
    this.record = new DeliveryRecord(parts.concurrency);
  }

  async takeFiring(entries: readonly Entry[]): Promise<void> {
    const { concurrency, observer } = this.#parts;
    await this.#inParts(await this.#unknown(this.#possible(entries)), async (part) => {
      const decided = await decideAlerts(this.#parts, part, concurrency);
      for (const { item, decision } of decided) observer?.foresee({ alert: item.alert, ...defined({ decision }) });
      await this.#countUnwanted(decided.filter(({ wants }) => wants === Wants.Nothing));
      await this.#judge(decided.filter(({ wants }) => wants !== Wants.Nothing));
    });
  }

  async takeResolved(entries: readonly Entry[]): Promise<void> {
    await this.#inParts(this.#possible(entries), (part) =>
      this.#judge(part.map((item) => ({ item, wants: Wants.Nothing }))),
    );
  }

  async #inParts(entries: readonly Entry[], take: (part: readonly Entry[]) => Promise<void>): Promise<void> {
    let from = 0;
    while (from < entries.length && !this.record.isOver && this.#left > 0) {
      if (from > 0) await nextTurn();
      await take(entries.slice(from, (from += PART)));
    }
    this.record.leave(entries.slice(from));
  }

  /** Those that can be stored at all. */
  #possible(entries: readonly Entry[]): Entry[] {
    return entries.filter((entry) => {
      const isPossible = !isTooLarge(entry.alert);
      if (!isPossible) this.record.reject(entry);
      return isPossible;
    });
  }

  /** Those whose remediation is not known to run: of many, a repeat has to find the rest before it does anything else. */
  async #unknown(entries: readonly Entry[]): Promise<readonly Entry[]> {
    if (entries.length < LOOK_UP_FROM) return entries;
    const { incidents, cluster } = this.#parts;
    const known = await this.#attempt(entries, () =>
      incidents.recognise({ cluster, alerts: entries.map(({ alert }) => alert) }),
    );
    if (known === undefined) return [];
    for (const [index, entry] of entries.entries()) if (known[index] === true) this.record.count(entry, 'duplicate');
    return entries.filter((_entry, index) => known[index] !== true);
  }

  async #countUnwanted(unwanted: readonly Decided<Entry>[]): Promise<void> {
    if (unwanted.length === 0) return;
    const { unhandled, decisions, cluster, clock } = this.#parts;
    const entries = unwanted.map(({ item }) => item);
    const alerts = unwanted.flatMap(({ item, decision }) =>
      Array.from({ length: item.times }, () => toUnwanted(item.alert, decision)),
    );
    const counted = await this.#attempt(entries, async () => {
      await Promise.all([
        unhandled.record({ cluster, alerts, now: clock() }),
        decisions?.unwanted(unwanted.map(({ item: { alert }, decision }) => ({ alert, decision }))),
      ]);
      return true;
    });
    if (counted === true) for (const entry of entries) this.record.count(entry, 'unhandled');
  }

  async #judge(decided: readonly Decided<Entry>[]): Promise<void> {
    const taken = decided.slice(0, this.#left);
    this.record.leave(decided.slice(taken.length).map(({ item }) => item));
    if (taken.length === 0) return;
    const { incidents, cluster, clock, concurrency } = this.#parts;
    const judgements = await this.#attempt(
      taken.map(({ item }) => item),
      () =>
        incidents.judgeDelivery({
          cluster,
          delivered: taken.map(({ item, wants }) => ({ alert: item.alert, wants })),
          now: clock(),
        }),
    );
    if (judgements === undefined) return;
    await eachBounded([...judgements.entries()], concurrency, async ([index, judgement]) => {
      const one = taken[index];
      if (one !== undefined) await this.#follow(one, judgement);
    });
  }

  /** Does what was judged. */
  async #follow(one: Decided<Entry>, judgement: Judgement): Promise<void> {
    switch (judgement.verdict) {
      case 'open': {
        const { incident, previous } = judgement;
        await this.#call(one, () => this.#start(one, incident, previous && previousOf(previous)));
        return;
      }
      case 'start':
        await this.#call(one, () => this.#start(one, judgement.incident));
        return;
      case 'resolve':
        await this.#call(one, () => this.#resolve(one.item, judgement.incident));
        return;
      case 'ignore':
        this.record.count(one.item, 'ignored');
        return;
      case 'duplicate':
      case 'repeat':
        this.record.count(one.item, judgement.verdict);
    }
  }

  async #call({ item }: Decided<Entry>, call: () => Promise<void>): Promise<void> {
    if (this.record.isOver) {
      this.record.leave([item]);
      return;
    }
    this.#left -= 1;
    try {
      await call();
    } catch (error) {
      this.record.fail(item, error);
    }
  }

  async #start(one: Decided<Entry>, { remediationId }: Incident, previous?: PreviousRemediation): Promise<void> {
    const { starter, incidents, cluster, marker, clock } = this.#parts;
    const { alert } = one.item;
    try {
      const answer = await starter.start({
        ...{ remediationId, alert, cluster },
        ...defined({ decision: one.decision, previous }),
      });
      if (answer.status === 'ended') {
        await incidents.recordEnd({ remediationId, ...answer.end });
        const delivered = [{ alert, wants: one.wants }];
        const [judgement] = await incidents.judgeDelivery({ cluster, delivered, now: clock() });
        if (judgement !== undefined) await this.#follow(one, judgement);
        return;
      }
      marker.add({ remediationId, what: 'started', alert });
      this.record.count(one.item, answer.status);
    } catch (error) {
      // What can never be started is not entered again.
      if (error instanceof MendloopError && error.type === 'AlertTooLarge') {
        await incidents.recordEnd({ remediationId, outcome: Outcome.Rejected, at: clock() });
      }
      throw error;
    }
  }

  async #resolve(entry: Entry, { remediationId, started }: Incident): Promise<void> {
    const { starter, marker } = this.#parts;
    const answer = await starter.resolve({ remediationId, alert: entry.alert });
    // One that is being started just now hears of it after that.
    if (answer !== 'unknown' || started) marker.add({ remediationId, what: 'endTold', alert: entry.alert });
    this.record.count(entry, answer === 'unknown' ? 'ignored' : answer);
  }

  /** A call to the store; undefined if it fails, and with it all that it was about. */
  async #attempt<T>(entries: readonly Entry[], call: () => Promise<T>): Promise<T | undefined> {
    try {
      return await call();
    } catch (error) {
      for (const entry of entries) this.record.fail(entry, error);
      return undefined;
    }
  }
}
