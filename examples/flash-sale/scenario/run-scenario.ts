import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Stack, stopOnSignals, type Progress } from '../../../dev/stack/index.ts';
import { Customers } from '../load/customers.ts';
import { type Measured, PrometheusReader } from '../../runner/observe/prometheus-reader.ts';
import { ORDER_SERVICE, p95Of } from '../observe/signals.ts';
import { type Platform, startPlatform } from '../platform/platform.ts';
import type { Servers } from '../platform/servers.ts';
import type { Moments, Report } from '../report/report.ts';
import { secondsOf } from '../report/report.ts';
import { runIncident } from './incident.ts';
import { momentsOf, replicasOf, type Sightings } from './moments.ts';
import { PATIENCE_MS, SURGE_RATES, SURGE_SIGNAL, USUAL_RATES } from './rates.ts';
import type { Scenario } from './scenarios.ts';
import { untilSteady } from './steady.ts';

/** Milliseconds of p95 before the surge that the plot shows. */
const LEAD_MS = 6000;

export interface ScenarioOptions {
  readonly scenario: Scenario;
  readonly servers: Servers;
  readonly progress: Progress;
  readonly seed: number;
  /** Told when everything runs, before the first customer of the surge. */
  readonly onRunning: (platform: Platform) => void;
  /** Told when the remediation has ended, while everything still runs. */
  readonly onFinished: (run: ScenarioRun) => void;
  /** Leaves everything running at the end, until a signal ends this process. */
  readonly keep: boolean;
  /** Leaves the surge out: nothing happens by itself. */
  readonly withoutSurge: boolean;
}

/** One run, for the report and for the timeline. */
export interface ScenarioRun {
  readonly report: Report;
  readonly moments: Moments;
  readonly sightings: Sightings;
  readonly p95: readonly Measured[];
  readonly lostOrders: number;
}

/** Runs one scenario from nothing to nothing: all servers of its own, all of them stopped at the end, come what may. */
export async function runScenario(options: ScenarioOptions): Promise<void> {
  const { scenario, servers, progress } = options;
  const stack = new Stack();
  const forget = stopOnSignals(stack);
  const directory = await mkdtemp(join(tmpdir(), 'mendloop-flash-sale-'));
  stack.add({ stop: () => rm(directory, { recursive: true, force: true }) });
  const stopping = new AbortController();
  stack.add({
    stop: () => {
      stopping.abort(new Error('stopped'));
      return Promise.resolve();
    },
  });
  const task = progress.start(scenario.name);
  try {
    task.update('starting Temporal, Kubernetes, Prometheus, Alertmanager, the shop and Mendloop');
    const { cpuLimits, dailyBudget } = scenario;
    const platform = await startPlatform({ servers, directory, stack, cpuLimits, dailyBudget });
    const customers = stack.add(
      new Customers({
        endpointsFile: platform.endpointsFile,
        seed: options.seed,
        timeoutMs: PATIENCE_MS,
        rates: USUAL_RATES,
      }),
    );
    task.update('a usual day: waiting until latency is steady');
    await untilSteady(new PrometheusReader(platform.prometheus.url), stopping.signal);
    options.onRunning(platform);
    if (!options.withoutSurge) {
      task.update('the flash sale');
      const sightings = await runIncident({ platform, customers, scenario, signal: stopping.signal });
      options.onFinished(await describeRun({ scenario, platform, customers, sightings }));
    }
    task.done();
    if (options.keep) await playUntil(stopping.signal, customers);
  } finally {
    task.done();
    forget();
    await stack.stop();
  }
}

/** Settles when the signal is given; until then whoever plays begins and ends the surge. */
async function playUntil(signal: AbortSignal, customers: Customers): Promise<void> {
  let isSurge = false;
  const turn = () => {
    isSurge = !isSurge;
    customers.setRates(isSurge ? SURGE_RATES : USUAL_RATES);
  };
  process.on(SURGE_SIGNAL, turn);
  try {
    if (!signal.aborted) await once(signal, 'abort');
  } finally {
    process.off(SURGE_SIGNAL, turn);
  }
}

function wasKilledMeanwhile({ scaled, workerKilled, verified }: Moments): boolean {
  if (scaled === undefined || workerKilled === undefined || verified === undefined) return false;
  return scaled <= workerKilled && workerKilled < verified;
}

async function describeRun(options: {
  readonly scenario: Scenario;
  readonly platform: Platform;
  readonly customers: Customers;
  readonly sightings: Sightings;
}): Promise<ScenarioRun> {
  const { scenario, platform, customers, sightings } = options;
  const { surge, remediation, pages } = sightings;
  const reader = new PrometheusReader(platform.prometheus.url);
  const p95 = await reader.range(p95Of(ORDER_SERVICE), surge - LEAD_MS, Date.now());
  const moments = momentsOf(sightings);
  const before = p95.findLast(({ at }) => at <= surge)?.value ?? null;
  const since = p95.filter(({ at }) => at > surge).map(({ value }) => value);
  const report: Report = {
    scenario: scenario.name,
    outcome: remediation.result.outcome,
    fault: remediation.result.fault?.type ?? null,
    workerKilled: wasKilledMeanwhile(moments),
    replicas: replicasOf(sightings),
    p95Seconds: {
      before,
      worst: since.length === 0 ? null : Math.max(...since),
      after: since.at(-1) ?? null,
    },
    seconds: secondsOf(moments),
    workflowId: remediation.workflowId,
    historyEvents: remediation.historyEvents,
    notified: [...new Set(pages.map(({ receiver }) => receiver))],
  };
  return { report, moments, sightings, p95, lostOrders: customers.failed(ORDER_SERVICE) };
}
