import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEvidenceActivities, type EvidenceActivities } from '../../src/activities/evidence.ts';
import { createPrometheusClient, type PrometheusClient } from '../../src/clients/prometheus/prometheus-client.ts';
import { configSchema } from '../../src/config/schema.ts';
import type { EvidenceReport } from '../../src/domain/evidence/evidence-report.ts';
import { type EvidenceClause, evidenceClauseSchema } from '../../src/domain/plan/evidence-clause.ts';
import { ensureServers, type PrometheusServer, startPrometheus, terminalProgress } from '../../dev/stack/index.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;

/** Label values are data, in the past as well. */
const SERVICE = 'shop "1" \\ .* ${x}';

let dataDir: string;
let server: PrometheusServer;
let client: PrometheusClient;
let activities: EvidenceActivities;

/**
 * Four days of samples, one a minute, up to now. Until five minutes ago the latency was 0.14 s or so; only in the hour
 * around this time of day it is 0.9 s every day, which is also what it is now. The count of errors was 0 at all times;
 * `errors` is 30 now, `few_errors` is 2. `spoilt` is the latency with an absurd value each hour.
 */
function openMetrics(now: number): string {
  const series: Record<string, string[]> = { latency: [], errors: [], few_errors: [], spoilt: [], calm: [] };
  const label = SERVICE.replace(/\\/g, '\\\\').replace(/"/g, '\\"');
  const add = (name: string, value: number, at: number) =>
    series[name]?.push(`${name}{service="${label}"} ${value} ${at}`);
  for (let ago = 4 * DAY; ago >= 0; ago -= 60) {
    const at = now - ago;
    const jitter = 0.005 * ((ago / 60) % 5);
    const recent = ago < 300;
    const peak = ago > 2 * HOUR && Math.min(ago % DAY, DAY - (ago % DAY)) <= HOUR / 2;
    const latency = (recent || peak ? 0.9 : 0.14) + jitter;
    add('latency', latency, at);
    add('spoilt', !recent && ago % HOUR === 0 ? 1e9 : latency, at);
    add('calm', 0.14 + jitter, at);
    add('errors', recent ? 30 : 0, at);
    add('few_errors', recent ? 2 : 0, at);
  }
  const families = Object.entries(series).map(([name, lines]) => [`# TYPE ${name} gauge`, ...lines].join('\n'));
  return `${families.join('\n')}\n# EOF\n`;
}

beforeAll(async () => {
  const binaries = await ensureServers(['prometheus', 'promtool'], { progress: terminalProgress() });
  dataDir = await mkdtemp(join(tmpdir(), 'mendloop-evidence-'));
  const file = join(dataDir, 'past.txt');
  await writeFile(file, openMetrics(Math.floor(Date.now() / 1000)));
  await mkdir(join(dataDir, 'tsdb'));
  const backfill = ['tsdb', 'create-blocks-from', 'openmetrics', file, join(dataDir, 'tsdb')];
  await promisify(execFile)(binaries.promtool.path, backfill);
  server = await startPrometheus({ binary: binaries.prometheus, dataDir, config: 'global: {}' });
  client = createPrometheusClient(configSchema.parse({ prometheus: { url: server.url } }).prometheus);
  activities = createEvidenceActivities({ prometheus: client });
});

afterAll(async () => {
  await client.close();
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
});

function clauseOf(...signals: Record<string, unknown>[]): EvidenceClause {
  return evidenceClauseSchema.parse({ threshold: 0.7, signals });
}

function signal(name: string, more: Record<string, unknown> = {}) {
  const query = { expr: `max_over_time(${name}{service=$service}[1m])`, vars: { service: SERVICE } };
  // The samples end when this test began, and a machine under load takes its time.
  return { name, source: { kind: 'prometheus', query, maxAgeSeconds: 3600 }, ...more };
}

type Gather = EvidenceActivities['gatherEvidence'];

async function gather(evidence: EvidenceClause): Promise<EvidenceReport> {
  const environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
  return await environment.run<Parameters<Gather>, EvidenceReport, Gather>(activities.gatherEvidence, { evidence });
}

/** As in an incident of four minutes that the five left out cover. */
const recent = { baseline: { lookbackSeconds: 2 * HOUR, excludeSeconds: 420 } };

describe('evidence from a real Prometheus', () => {
  it('adds up what is unusual', async () => {
    const report = await gather(
      clauseOf(
        signal('latency', { ...recent, weight: 2, minChange: 0.05, unit: 's' }),
        signal('errors', { ...recent, minChange: 5 }),
        signal('calm', recent),
      ),
    );
    expect(report).toMatchObject({ confidence: 0.75, threshold: 0.7, enough: true });
    const [latency, errors, calm] = report.signals;
    expect(latency?.median).toBeGreaterThanOrEqual(0.14);
    expect(latency?.median).toBeLessThanOrEqual(0.16);
    expect(latency).toMatchObject({ score: 1, unit: 's' });
    expect(latency?.samples).toBeGreaterThan(60);
    expect(errors).toMatchObject({ value: 30, median: 0, mad: 0, deviations: null, score: 1 });
    expect(calm).toMatchObject({ score: 0 });
  });

  it('is not enough for a little of one thing', async () => {
    const report = await gather(
      clauseOf(signal('few_errors', { ...recent, minChange: 5 }), signal('latency', recent), signal('calm', recent)),
    );
    expect(report.confidence).toBeCloseTo(1 / 3, 9);
    expect(report.enough).toBe(false);
  });

  it('takes what happens every day at this hour for usual', async () => {
    const daily = { baseline: { lookbackSeconds: HOUR, excludeSeconds: 420, days: 3 } };
    const report = await gather(clauseOf(signal('latency', daily)));
    expect(report.signals[0]?.samples).toBeGreaterThan(200);
    expect(report.signals[0]?.median).toBeGreaterThan(0.8);
    expect(report).toMatchObject({ confidence: 0, enough: false });
  });

  it('is not led astray by a few absurd values', async () => {
    const spoilt = { baseline: { lookbackSeconds: 20 * HOUR, excludeSeconds: 420 }, minChange: 0.05 };
    const report = await gather(clauseOf(signal('spoilt', spoilt)));
    expect(report).toMatchObject({ confidence: 1, enough: true });
    expect(report.signals[0]?.median).toBeLessThan(0.2);
  });

  it.each([
    ['does not exist', 'nothing{service=$service}', 'empty'],
    ['is several series', 'label_replace(calm, "a", "b", "", "") or latency{service=$service}', 'many_series'],
    ['is no number', 'latency{service=$service} / 0 - latency{service=$service} / 0', 'not_a_number'],
    ['is infinite', 'latency{service=$service} / 0', 'infinite'],
  ])('is none where a signal %s', async (_, expr, reason) => {
    const query = { expr, vars: { service: SERVICE } };
    const strange = { name: 'strange', source: { kind: 'prometheus', query, maxAgeSeconds: 3600 } };
    const report = await gather(clauseOf(signal('errors', { ...recent, minChange: 5 }), strange));
    expect(report).toMatchObject({ confidence: 0.5, enough: false });
    expect(report.signals[1]).toMatchObject({ value: null, score: 0, reason });
  });

  it('is none where the newest sample is too old', async () => {
    const query = { expr: 'errors{service=$service} offset 1h', vars: { service: SERVICE } };
    const old = { name: 'old', source: { kind: 'prometheus', query, maxAgeSeconds: 0.001 } };
    expect((await gather(clauseOf(old))).signals[0]).toMatchObject({ score: 0, reason: 'stale' });
  });

  it('is none where the past is too short', async () => {
    const short = { baseline: { lookbackSeconds: HOUR, minSamples: 1000 } };
    expect((await gather(clauseOf(signal('errors', short)))).signals[0]).toMatchObject({
      score: 0,
      reason: 'few_samples',
    });
  });

  it('fails where Prometheus refuses the query', async () => {
    const source = { kind: 'prometheus', query: { expr: 'sum(rate(errors))' } };
    await expect(gather(clauseOf({ name: 'broken', source }))).rejects.toMatchObject({ type: 'QueryInvalid' });
  });
});
