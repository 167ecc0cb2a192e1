import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../../src/store/database.ts';
import { openDatabase } from '../../../src/store/open-database.ts';
import { SqlUnhandledStore } from '../../../src/store/unhandled/sql-unhandled-store.ts';
import type { Unwanted } from '../../../src/store/unhandled/unhandled-store.ts';
import { type Bench, pgliteBench, postgresBench } from '../audit/benches.ts';

const NOW = Date.parse('2026-11-29T10:00:00Z');
const unwanted = (alertName: string, more: Partial<Unwanted> = {}): Unwanted => ({
  ...{ alertName, labels: { alertname: alertName }, rule: '', reason: 'no rule handles this alert' },
  ...more,
});

describe.each([
  ['PGlite', pgliteBench],
  ['PostgreSQL', postgresBench],
])('unhandled alerts in %s', (_name, open) => {
  let bench: Bench;
  let databases: Database[];
  let store: SqlUnhandledStore;
  /** Of another process. */
  let other: SqlUnhandledStore;
  beforeAll(async () => {
    bench = await open();
    databases = [];
  });
  beforeEach(async () => {
    const { settings } = await bench.place();
    const here = await openDatabase(settings);
    const there = await openDatabase(settings);
    databases.push(here, there);
    [store, other] = [new SqlUnhandledStore(here), new SqlUnhandledStore(there)];
  });
  afterAll(async () => {
    await Promise.all(databases.map((database) => database.close()));
    await (bench as Bench | undefined)?.[Symbol.asyncDispose]();
  });
  const record = (alerts: readonly Unwanted[], now = NOW, cluster = 'prod') => store.record({ cluster, alerts, now });

  it('are counted by cluster, name, rule and reason, with the labels of the last', async () => {
    await record([unwanted('Slow', { labels: { pod: 'a' } }), unwanted('Slow', { labels: { pod: 'b' } })]);
    await record([unwanted('Slow', { rule: 'slow', reason: 'only alerts with team=shop are acted on' })], NOW + 1000);
    await record([unwanted('Slow', { labels: { pod: 'c' } })], NOW + 2000);
    await record([unwanted('Slow')], NOW + 3000, 'staging');
    expect(await store.list({ limit: 10 })).toEqual([
      {
        ...{ cluster: 'staging', alertName: 'Slow', rule: '', reason: 'no rule handles this alert', count: 1 },
        ...{ firstSeen: '2026-11-29T10:00:03.000Z', lastSeen: '2026-11-29T10:00:03.000Z' },
        labels: { alertname: 'Slow' },
      },
      {
        ...{ cluster: 'prod', alertName: 'Slow', rule: '', reason: 'no rule handles this alert', count: 3 },
        ...{ firstSeen: '2026-11-29T10:00:00.000Z', lastSeen: '2026-11-29T10:00:02.000Z' },
        labels: { pod: 'c' },
      },
      {
        ...{ cluster: 'prod', alertName: 'Slow', rule: 'slow', reason: 'only alerts with team=shop are acted on' },
        ...{ count: 1, firstSeen: '2026-11-29T10:00:01.000Z', lastSeen: '2026-11-29T10:00:01.000Z' },
        labels: { alertname: 'Slow' },
      },
    ]);
    expect(await store.list({ limit: 10, since: NOW + 3000 })).toHaveLength(1);
    expect(await store.list({ limit: 2 })).toHaveLength(2);
  });

  it('are all counted by two processes at once, in whatever order', async () => {
    const kinds = Array.from({ length: 30 }, (_, index) => unwanted(`Kind${index}`));
    await Promise.all(
      Array.from({ length: 40 }, (_, round) => {
        const alerts = round % 2 === 0 ? kinds : kinds.toReversed();
        return (round % 4 < 2 ? store : other).record({ cluster: 'prod', alerts, now: NOW + round });
      }),
    );
    const listed = await store.list({ limit: 100 });
    expect(listed).toHaveLength(30);
    expect(new Set(listed.map(({ count }) => count))).toEqual(new Set([40]));
    expect(new Set(listed.map(({ lastSeen }) => Date.parse(lastSeen)))).toEqual(new Set([NOW + 39]));
  });

  it('are any text there is, within bounds', async () => {
    const odd = `\0\ud800'; DROP TABLE x; --${'x'.repeat(5000)}`;
    const labels = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`l${index}\0`, odd]));
    await record([unwanted(odd, { rule: odd, reason: odd, labels })]);
    const [row] = await store.list({ limit: 10 });
    expect(row?.alertName).toMatch(/^\ufffd\ufffd'; DROP TABLE x; --x+$/);
    expect(row?.reason).toHaveLength(1000);
    expect(Object.keys(row?.labels ?? {})).toHaveLength(50);
    expect(row?.labels['l0\0']).toBe(odd.slice(0, 200).toWellFormed());
  });

  it('are of at most 10,000 kinds: a sender that makes up names fills no disk', async () => {
    for (let batch = 0; batch < 12; batch += 1) {
      const made = Array.from({ length: 1000 }, (_, index) => unwanted(`Made${batch}-${index}`));
      await record(made, NOW + batch);
    }
    const listed = await store.list({ limit: 20_000 });
    expect(listed).toHaveLength(10_000);
    expect(listed.at(-1)?.alertName).toMatch(/^Made2-/);
  });
});
