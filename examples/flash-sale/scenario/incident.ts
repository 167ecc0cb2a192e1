import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '../../../dev/stack/index.ts';
import type { Customers } from '../load/customers.ts';
import type { ReplicaChange } from '../observe/deployment-watch.ts';
import { PrometheusReader } from '../../runner/observe/prometheus-reader.ts';
import type { ObservedRemediation } from '../../runner/observe/remediation-watch.ts';
import { alertIn } from '../observe/signals.ts';
import type { Platform } from '../platform/platform.ts';
import { replicasOf, type Sightings } from './moments.ts';
import { SURGE_RATES, USUAL_RATES } from './rates.ts';
import type { Scenario } from './scenarios.ts';

/** Milliseconds within which a surge must have started a remediation. */
const START_WITHIN_MS = 45_000;

/** Milliseconds that a remediation may take as a whole. */
const CLOSE_WITHIN_MS = 150_000;

/** Milliseconds for a page to go from Mendloop over Alertmanager to the pager. */
const PAGE_WITHIN_MS = 10_000;

export interface IncidentOptions {
  readonly platform: Platform;
  readonly customers: Customers;
  readonly scenario: Scenario;
  readonly signal: AbortSignal;
}

/** The flash sale itself: from the first of many customers to the end of the remediation. */
export async function runIncident(options: IncidentOptions): Promise<Sightings> {
  const { platform, customers, scenario, signal } = options;
  const surge = Date.now();
  customers.setRates(SURGE_RATES);

  // Ends the helpers that wait for what will not come any more.
  const over = new AbortController();
  const helping = { ...options, surge, signal: AbortSignal.any([signal, over.signal]) };
  const worker = killWorkerOnceReady(helping);
  const customersLeft = endSurgeOnceRolledBack(helping);
  try {
    const remediation = await untilClosed(platform, signal);
    if (scenario.expected.onCallPaged) await untilPaged(platform, signal);
    const reader = new PrometheusReader(platform.prometheus.url);
    const secondsSinceSurge = (Date.now() - surge) / 1000;
    over.abort();
    return {
      surge,
      surgeOver: await customersLeft,
      ...(await worker),
      pending: await reader.samples(alertIn('pending'), secondsSinceSurge),
      firing: await reader.samples(alertIn('firing'), secondsSinceSurge),
      replicas: platform.orderService.changes,
      pages: platform.pager.pages,
      remediation,
    };
  } finally {
    over.abort();
    await Promise.all([worker, customersLeft]);
  }
}

interface Helping extends IncidentOptions {
  readonly surge: number;
}

/** The crash: the new Pods are ready, so that the scaling is over and the proof is still to come. Its times; undefined where there was none. */
async function killWorkerOnceReady(helping: Helping): Promise<Pick<Sightings, 'workerKilled' | 'workerBack'>> {
  const { scenario, platform } = helping;
  const never = { workerKilled: undefined, workerBack: undefined };
  if (!scenario.killWorker || !(await comesTrue(helping, ({ before }, now) => now.ready > before))) return never;
  await platform.mendloop.killWorker();
  const workerKilled = Date.now();
  await platform.mendloop.startAnotherWorker();
  return { workerKilled, workerBack: Date.now() };
}

/** When the customers left, if they did before the end. */
async function endSurgeOnceRolledBack(helping: Helping): Promise<number | undefined> {
  const { scenario, customers } = helping;
  if (scenario.surgeUntil !== 'rollback') return undefined;
  if (!(await comesTrue(helping, ({ before, peak, after }) => peak > before && after === before))) return undefined;
  customers.setRates(USUAL_RATES);
  return Date.now();
}

/** False if the incident was over before. */
async function comesTrue(
  { platform, surge, signal }: Helping,
  condition: (sinceSurge: ReturnType<typeof replicasOf>, now: ReplicaChange) => boolean,
): Promise<boolean> {
  const { orderService } = platform;
  const holds = () =>
    orderService.now !== undefined &&
    condition(replicasOf({ surge, replicas: orderService.changes }), orderService.now);
  return waitFor(holds, {
    what: 'a change of the Deployment',
    timeoutMs: CLOSE_WITHIN_MS,
    signal,
  }).then(
    () => true,
    () => false,
  );
}

async function untilClosed({ remediations }: Platform, signal: AbortSignal): Promise<ObservedRemediation> {
  const handle = await remediations.first(START_WITHIN_MS, signal);
  const late = new AbortController();
  try {
    return await Promise.race([
      remediations.outcome(handle),
      sleep(CLOSE_WITHIN_MS, undefined, { signal: AbortSignal.any([signal, late.signal]) }).then(() => {
        throw new Error(`the remediation ${handle.workflowId} did not end within ${CLOSE_WITHIN_MS / 1000} s`);
      }),
    ]);
  } finally {
    late.abort();
  }
}

/** A page that does not come is found by the expectations, with everything else that is known. */
async function untilPaged({ pager }: Platform, signal: AbortSignal): Promise<void> {
  await waitFor(() => pager.pages.length > 0, { what: 'a page', timeoutMs: PAGE_WITHIN_MS, signal }).catch(() => {
    signal.throwIfAborted();
  });
}
