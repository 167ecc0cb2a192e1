import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Alert } from '../../../src/domain/alert/alert.ts';
import { alertIdentity, remediationId } from '../../../src/domain/alert/remediation-id.ts';
import type { Judgement } from '../../../src/domain/incident/judge.ts';
import { Wants } from '../../../src/domain/incident/wants.ts';
import { Outcome } from '../../../src/domain/remediation/outcome.ts';
import type { Database } from '../../../src/store/database.ts';
import { endLost } from '../../../src/store/incidents/end-lost.ts';
import type { Delivered, IncidentStore } from '../../../src/store/incidents/incident-store.ts';
import { SqlIncidentStore } from '../../../src/store/incidents/sql-incident-store.ts';
import { openDatabase } from '../../../src/store/open-database.ts';
import { anAlert } from '../../support/alerts.ts';
import { MemoryIncidents } from '../../support/incidents/memory-incidents.ts';
import { type Bench, pgliteBench, postgresBench } from '../audit/benches.ts';

const NOW = Date.parse('2026-11-29T10:00:00Z');
const MINUTE = 60_000;
const cluster = 'prod';

const at = (ms: number) => new Date(ms).toISOString();
const idOf = (alert: Alert, n = 1) => remediationId({ ...alertIdentity(cluster, alert), n });
const firing = (alert: Alert, startsAt = NOW): Delivered => ({
  alert: { ...alert, startsAt: at(startsAt) },
  wants: Wants.More,
});
const resolved = (alert: Alert, endsAt: number): Delivered => ({
  alert: { ...alert, status: 'resolved', startsAt: at(NOW), endsAt: at(endsAt) },
  wants: Wants.Nothing,
});
const alerts = (count: number) => Array.from({ length: count }, () => anAlert());
const verdicts = (judgements: readonly Judgement[]) =>
  judgements.map((one) => (one.verdict === 'ignore' ? one.verdict : `${one.verdict} ${one.incident.n}`));

describe.each([
  ['PGlite', pgliteBench],
  ['PostgreSQL', postgresBench],
])('incidents in %s', (_name, open) => {
  let bench: Bench;
  let store: IncidentStore;
  /** Of another process. */
  let other: IncidentStore;
  const databases: Database[] = [];
  beforeAll(async () => {
    bench = await open();
    const { settings } = await bench.place();
    const connect = async () => {
      const database = await openDatabase(settings);
      databases.push(database);
      return new SqlIncidentStore(database);
    };
    [store, other] = [await connect(), await connect()];
  });
  afterAll(async () => {
    await Promise.all(databases.map((database) => database.close()));
    await (bench as Bench | undefined)?.[Symbol.asyncDispose]();
  });
  const auditRows = (ids: readonly string[]) =>
    databases[0]?.run({
      text: 'SELECT body FROM mendloop_audit.record WHERE remediation_id = ANY ($1::text[])',
      values: [[...ids]],
    }) ?? [];
  const tell = async (delivered: readonly Delivered[], now = NOW) =>
    verdicts(await store.judgeDelivery({ cluster, delivered, now }));

  it('judges each alert of a delivery, a second entry after the first', async () => {
    const [a, b] = alerts(2) as [Alert, Alert];
    expect(await tell([firing(a), resolved(b, NOW), firing(b), firing(a)])).toEqual([
      ...['open 1', 'ignore', 'open 1', 'start 1'],
    ]);
    await store.mark({ started: [idOf(a)], endTold: [] });
    expect(await tell([firing(a), firing(b)])).toEqual(['duplicate 1', 'start 1']);
    expect(await store.find(idOf(a))).toEqual({
      ...{ ...alertIdentity(cluster, a), n: 1, remediationId: idOf(a) },
      ...{ lastStart: NOW, started: true, endTold: false },
    });
  });

  it('judges a whole spell, and the next, in one delivery', async () => {
    const alert = anAlert();
    const spell = [firing(alert), resolved(alert, NOW + MINUTE), firing(alert), resolved(alert, NOW + MINUTE)];
    expect(await tell(spell, NOW + 2 * MINUTE)).toEqual(['open 1', 'resolve 1', 'open 2', 'ignore']);
    expect(await store.find(idOf(alert))).toMatchObject({ endHeardAt: NOW + MINUTE });
    expect(await store.find(idOf(alert, 2))).toMatchObject({ lastStart: NOW + MINUTE + 1 });
  });

  it('judges as the pure judgement does, whatever is told', async () => {
    const step = fc.oneof(
      fc.record({ what: fc.constant('firing' as const), which: fc.nat(2), minute: fc.integer({ min: -5, max: 5 }) }),
      fc.record({ what: fc.constant('resolved' as const), which: fc.nat(2), minute: fc.integer({ min: -5, max: 5 }) }),
      fc.record({ what: fc.constant('started' as const), which: fc.nat(2), n: fc.integer({ min: 1, max: 3 }) }),
      fc.record({
        ...{ what: fc.constant('ended' as const), which: fc.nat(2), n: fc.integer({ min: 1, max: 3 }) },
        outcome: fc.constantFrom(Outcome.Suppressed, Outcome.Remediated, Outcome.Escalated),
      }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { maxLength: 8 }),
        async (deliveries) => {
          const memory = new MemoryIncidents();
          const group = alerts(3);
          let now = NOW;
          for (const steps of deliveries) {
            now += MINUTE;
            const delivered: Delivered[] = [];
            for (const one of steps) {
              const alert = group[one.which]!;
              if (one.what === 'firing') delivered.push(firing(alert, now + one.minute * MINUTE));
              else if (one.what === 'resolved') delivered.push(resolved(alert, now + one.minute * MINUTE));
              else {
                const id = idOf(alert, one.n);
                if (!memory.kept.has(id)) continue;
                for (const target of [memory, store]) {
                  if (one.what === 'started') await target.mark({ started: [id], endTold: [] });
                  else {
                    const end = { remediationId: id, outcome: one.outcome, at: now };
                    await target.recordEnd(
                      memory.kept.has(idOf(alert, one.n + 1)) ? end : { ...end, enterAgainAt: now },
                    );
                  }
                }
              }
            }
            const [here, there] = await Promise.all(
              [store, memory].map((target) => target.judgeDelivery({ cluster, delivered, now })),
            );
            expect(here).toEqual(there);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('has two processes agree, however often they are told at once', async () => {
    const group = alerts(50);
    const told = await Promise.all(
      [store, other, store, other].flatMap((target, round) =>
        (round < 2 ? group : group.toReversed()).map((alert) =>
          target.judgeDelivery({ cluster, delivered: [firing(alert, NOW + round)], now: NOW }),
        ),
      ),
    );
    const all = told.flat();
    expect(verdicts(all).filter((verdict) => verdict === 'open 1')).toHaveLength(50);
    expect(verdicts(all).filter((verdict) => verdict === 'start 1')).toHaveLength(150);
  });

  it('opens one incident more, not two, when two processes see that the last is over', async () => {
    const group = alerts(50);
    await tell(group.map((alert) => firing(alert)));
    await tell(
      group.map((alert) => resolved(alert, NOW + MINUTE)),
      NOW + MINUTE,
    );
    const delivered = group.map((alert) => firing(alert, NOW + 2 * MINUTE));
    const told = await Promise.all(
      [store, other, store, other].map((target, index) => {
        const order = index % 2 === 0 ? delivered : delivered.toReversed();
        return target.judgeDelivery({ cluster, delivered: order, now: NOW + 2 * MINUTE });
      }),
    );
    expect(verdicts(told.flat()).filter((verdict) => verdict === 'open 2')).toHaveLength(50);
    expect(verdicts(told.flat()).filter((verdict) => verdict === 'start 2')).toHaveLength(150);
    expect(await store.find(idOf(group[0]!, 3))).toBeUndefined();
  });

  it.each([
    ['the end of the incident', (alert: Alert) => resolved(alert, NOW + 5 * MINUTE), 'open 2'],
    ['a start that is later still', (alert: Alert) => firing(alert, NOW + 4 * MINUTE), 'start 1'],
  ])('is judged anew when %s is written between its reading and its writing', async (_what, first, verdict) => {
    const alert = anAlert();
    const now = NOW + 5 * MINUTE;
    await tell([firing(alert)]);
    const overtaken = new SqlIncidentStore({
      run: async (statement) => {
        if (statement.text.includes('UPDATE') && overtaking === undefined) {
          overtaking = other.judgeDelivery({ cluster, delivered: [first(alert)], now });
          await overtaking;
        }
        return await databases[0]!.run(statement);
      },
    });
    let overtaking: Promise<readonly Judgement[]> | undefined;
    const judged = await overtaken.judgeDelivery({ cluster, delivered: [firing(alert, NOW + 2 * MINUTE)], now });
    expect(verdicts(judged)).toEqual([verdict]);
    const kept = await store.find(idOf(alert));
    expect(kept?.endHeardAt ?? kept?.lastStart).toBe(
      Date.parse(first(alert).alert.endsAt ?? first(alert).alert.startsAt),
    );
  });

  it('keeps its numbers without a gap while ends, starts and marks race', async () => {
    const group = alerts(10);
    const steps = Array.from({ length: 200 }, (_, index) => {
      const alert = group[(index * 7) % 10]!;
      const [target, now] = [index % 2 === 0 ? store : other, NOW + index * 1000];
      if (index % 5 === 4) return store.recordEnd({ remediationId: idOf(alert), outcome: Outcome.Escalated, at: now });
      if (index % 7 === 6) return other.mark({ started: group.map((one) => idOf(one)), endTold: [] });
      const delivered = group.map((one) => (index % 3 === 0 ? resolved(one, now) : firing(one, now)));
      return target.judgeDelivery({ cluster, delivered: index % 4 < 2 ? delivered : delivered.toReversed(), now });
    });
    await Promise.all(steps);
    for (const alert of group) {
      const numbers = Array.from({ length: 210 }, (_, index) => index + 1);
      const found = await Promise.all(numbers.map((n) => store.find(idOf(alert, n))));
      const known = found.map((incident) => incident !== undefined);
      expect(known[0]).toBe(true);
      expect(known.lastIndexOf(true)).toBe(known.indexOf(false) - 1);
    }
  });

  it('knows which alerts of many have a remediation that runs', async () => {
    const [open1, unstarted, over, ended, never] = alerts(5) as [Alert, Alert, Alert, Alert, Alert];
    await tell([open1, unstarted, over, ended].map((alert) => firing(alert)));
    await store.mark({ started: [open1, over, ended].map((alert) => idOf(alert)), endTold: [] });
    await tell([resolved(over, NOW)]);
    await store.recordEnd({ remediationId: idOf(ended), outcome: Outcome.Escalated, at: NOW });
    const asked = [never, open1, unstarted, over, ended, open1];
    expect(await store.recognise({ cluster, alerts: asked })).toEqual([false, true, false, false, false, true]);
    expect(await store.recognise({ cluster: 'another', alerts: asked })).toEqual(asked.map(() => false));
  });

  it('says which ends are owed to workflows that were being started when they came', async () => {
    const [quiet, owed] = alerts(2) as [Alert, Alert];
    await tell([firing(quiet), firing(owed)]);
    await tell([resolved(owed, NOW + MINUTE)], NOW + MINUTE);
    const marks = { started: [idOf(quiet), idOf(owed), 'remediation/prod/Unknown/0123456789abcdef/1'], endTold: [] };
    expect(await store.mark(marks)).toEqual([{ remediationId: idOf(owed), endHeardAt: NOW + MINUTE }]);
    expect(await store.mark({ started: [], endTold: [idOf(owed)] })).toEqual([]);
    expect(await tell([resolved(owed, NOW + MINUTE)])).toEqual(['ignore']);
  });

  it('enters again what is due, with its alert, until its end is heard', async () => {
    const [first, second, healed] = alerts(3) as [Alert, Alert, Alert];
    await tell([first, second, healed].map((alert) => firing(alert)));
    for (const [index, alert] of [second, first, healed].entries()) {
      const enterAgainAt = NOW + (index + 1) * MINUTE;
      await store.recordEnd({ remediationId: idOf(alert), outcome: Outcome.Suppressed, at: NOW, enterAgainAt });
    }
    const mine = async (now: number) => {
      const due = await store.due({ cluster, now, limit: 1000 });
      const ids = [first, second, healed].map((alert) => idOf(alert));
      return due.filter(({ incident }) => ids.includes(incident.remediationId));
    };
    expect(await mine(NOW)).toEqual([]);
    const due = await mine(NOW + 3 * MINUTE);
    expect(due.map(({ alert }) => alert)).toEqual([second, first, healed].map((alert) => firing(alert).alert));
    await tell([resolved(healed, NOW + MINUTE)], NOW + MINUTE);
    await store.postpone({ remediationIds: [idOf(second)], until: NOW + 9 * MINUTE });
    expect((await mine(NOW + 3 * MINUTE)).map(({ incident }) => incident.remediationId)).toEqual([idOf(first)]);
    expect(await tell([firing(first)], NOW + 3 * MINUTE)).toEqual(['open 2']);
    expect(await mine(NOW + 3 * MINUTE)).toEqual([]);
    // Its remediation ends once more, as after a reset: it stays superseded.
    const late = { remediationId: idOf(first), outcome: Outcome.Suppressed, at: NOW, enterAgainAt: NOW };
    await store.recordEnd(late);
    expect(await mine(NOW + 3 * MINUTE)).toEqual([]);
    expect(await store.due({ cluster: 'another', now: NOW + 1e9, limit: 10 })).toEqual([]);
  });

  it('ends what has lost its workflow, and nothing that has said how it ended', async () => {
    const [lost, running, said] = alerts(3) as [Alert, Alert, Alert];
    await tell([lost, running, said].map((alert) => firing(alert)));
    const isOpen = async () => {
      // While Temporal was asked, it ended well.
      await store.recordEnd({ remediationId: idOf(said), outcome: Outcome.Remediated, at: NOW });
      return new Set([idOf(running)]);
    };
    const ended = await endLost({ incidents: store, isOpen, now: NOW + MINUTE, minAgeMs: 1000 });
    expect(ended).toContain(idOf(lost));
    expect(ended).not.toContain(idOf(running));
    expect((await store.find(idOf(said)))?.ended).toMatchObject({ outcome: Outcome.Remediated });
    expect((await store.find(idOf(running)))?.ended).toBeUndefined();
    // In the same commit, the audit log says so of it, and of it alone.
    const [{ body = '' } = {}, ...more] = await auditRows([lost, running, said].map((alert) => idOf(alert)));
    expect(JSON.parse(body ?? '')).toMatchObject({
      ...{ kind: 'outcome', actor: 'unknown', remediationId: idOf(lost), key: `${idOf(lost)}/lost` },
      data: { outcome: 'lost' },
    });
    expect(more).toEqual([]);
    expect(await store.recordLost({ remediationIds: [idOf(lost)], at: NOW })).toEqual([]);
    expect(await tell([firing(lost)])).toEqual(['open 2']);
    expect(await endLost({ incidents: store, isOpen, now: NOW + MINUTE, minAgeMs: 2 * MINUTE })).toEqual([]);
  });

  it('gives no number again that its rows were lost of', async () => {
    const alert = anAlert();
    await store.recordEnd({ remediationId: idOf(alert, 4), outcome: Outcome.Escalated, at: NOW });
    expect(await tell([firing(alert)])).toEqual(['repeat 4']);
    expect(await tell([firing(alert, NOW + MINUTE)], NOW + MINUTE)).toEqual(['open 5']);
  });

  it('forgets all but the newest incident of an alert', async () => {
    const alert = anAlert();
    for (let n = 1; n <= 3; n += 1) {
      await tell([firing(alert, NOW + n * MINUTE)], NOW + n * MINUTE);
      await store.recordEnd({ remediationId: idOf(alert, n), outcome: Outcome.Escalated, at: NOW + n * MINUTE });
    }
    expect(await store.forget({ openedBefore: NOW })).toBe(0);
    expect(await store.forget({ openedBefore: NOW + 1e9 })).toBeGreaterThanOrEqual(2);
    expect(await store.find(idOf(alert, 2))).toBeUndefined();
    expect(await tell([firing(alert, NOW + 9 * MINUTE)], NOW + 9 * MINUTE)).toEqual(['open 4']);
  });

  it('takes any name and any label', async () => {
    const names = ['\0', '\ud800', "'; DROP TABLE x; --", 'ü'.repeat(500), '/../', '\n', '{"a":"b"}', '\\'];
    const odd = names.map((alertname) =>
      anAlert({ labels: { alertname, '__proto__\0': '\ud800\0' }, annotations: { all: 'x'.repeat(300_000) } }),
    );
    expect(await tell(odd.map((alert) => firing(alert)))).toEqual(odd.map(() => 'open 1'));
    const enterAgainAt = NOW;
    for (const alert of odd) {
      await store.recordEnd({ remediationId: idOf(alert), outcome: Outcome.Suppressed, at: NOW, enterAgainAt });
    }
    const due = await store.due({ cluster, now: NOW, limit: 1000 });
    const kept = due.map(({ alert }) => alert).filter(({ labels }) => names.includes(labels['alertname'] ?? ''));
    const sent = odd.map((alert) => JSON.parse(JSON.stringify(firing(alert).alert)) as Alert);
    expect(kept).toEqual(expect.arrayContaining(sent));
  });

  it('judges thousands in one delivery', async () => {
    const group = alerts(3000);
    const first = await tell(group.map((alert) => firing(alert)));
    expect(new Set(first)).toEqual(new Set(['open 1']));
    expect(new Set(await tell(group.map((alert) => firing(alert))))).toEqual(new Set(['start 1']));
  });
});

describe('a store that is away', () => {
  it('is said to be, and the same delivery again is safe', async () => {
    await using bench = await postgresBench();
    const database = await openDatabase((await bench.place()).settings);
    const store = new SqlIncidentStore(database);
    const [known, alert] = alerts(2) as [Alert, Alert];
    const delivered = [firing(known), firing(alert)];
    await store.judgeDelivery({ cluster, delivered: delivered.slice(0, 1), now: NOW });
    await bench.stop();
    await expect(store.judgeDelivery({ cluster, delivered, now: NOW })).rejects.toMatchObject({
      type: 'StoreUnavailable',
    });
    await bench.start();
    expect(verdicts(await store.judgeDelivery({ cluster, delivered, now: NOW }))).toEqual(['start 1', 'open 1']);
    await database.close();
  });
});
