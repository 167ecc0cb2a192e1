import { join } from 'node:path';
import { Stack, waitFor } from '../../dev/stack/index.ts';
import type { FoundIllness } from './find-illnesses.ts';
import type { Here } from './contract.ts';
import { areActive, firstStates } from './observe/alert-states.ts';
import { PrometheusReader } from './observe/prometheus-reader.ts';
import type { ObservedRemediation } from './observe/remediation-watch.ts';
import { actionOf, type ExampleReport, type Happening, secondsBetween } from './report/report.ts';
import { tellStory } from './report/story.ts';
import { leaderFirst, unmetExpectations } from './report/unmet.ts';
import { allowIn } from './stack/account.ts';
import { readManifests } from './stack/cluster-hands.ts';
import { approveWhatIsAsked } from './stack/approver.ts';
import { scrape } from './stack/scrape.ts';
import type { ExamplesStack } from './stack/start-stack.ts';
import { areWell } from './well.ts';

/** Milliseconds within which objects have to be well before the fault, and gone after the example. */
const SETTLE_WITHIN_MS = 60_000;

/** Milliseconds within which a fault must have ended in remediations, all of them over. */
const END_WITHIN_MS = 120_000;

/** Milliseconds for a page to go from Mendloop over Alertmanager to the pager. */
const PAGE_WITHIN_MS = 10_000;

export interface IllnessRun {
  readonly report: ExampleReport;
  readonly happenings: readonly Happening[];
  /** Milliseconds since the epoch. */
  readonly faultAt: number;
}

export interface RunOptions {
  readonly illness: FoundIllness;
  readonly stack: ExamplesStack;
  readonly signal: AbortSignal;
  /** Told what it is at. */
  readonly update?: (text: string) => void;
}

/** One example on a stack that runs: from a namespace of its own, by the fault, to the end of its remediations, and away. */
export async function runIllness(options: RunOptions): Promise<IllnessRun> {
  const { illness, stack, signal, update = () => undefined } = options;
  const { cluster } = stack;
  const notes: Happening[] = [];
  const own = new Stack();
  const here: Here = {
    ...{ cluster, namespace: illness.name, stack: own, signal },
    note: (text) => notes.push({ at: Date.now(), text, tone: 'plain' }),
    scrape: (address) => scrape(address, { stack, own, signal }),
    approve: (reason) => approveWhatIsAsked(here, { mendloop: stack.mendloop, alerts: illness.alerts, reason }),
  };
  const unmet: string[] = [];
  const complain = (error: unknown) => {
    signal.throwIfAborted();
    unmet.push(error instanceof Error ? error.message : String(error));
  };
  let faultAt = Date.now();
  let run: IllnessRun;
  try {
    update('waiting until all is well');
    await begin(illness, here);
    update(illness.fault.text);
    faultAt = Date.now();
    await illness.fault.bring(here);
    run = await follow(options, { here, faultAt, notes, complain });
  } catch (error) {
    complain(error);
    // Without its fault nothing is to come that could be waited for.
    run = reportOf(illness, { faultAt, happenings: notes });
  }
  update('clearing up');
  await end(options, here, own).catch(complain);
  return { ...run, report: { ...run.report, unmet: [...run.report.unmet, ...unmet] } };
}

async function begin(illness: FoundIllness, here: Here): Promise<void> {
  const { cluster, namespace, signal } = here;
  await cluster.create('/api/v1/namespaces', { metadata: { name: namespace } });
  await allowIn(cluster, { namespace, actions: illness.actions });
  await cluster.apply(await readManifests(join(illness.folder, 'kubernetes')));
  await illness.prepare?.(here);
  await waitFor(() => areWell(cluster, namespace), {
    ...{ what: `the workloads of ${namespace} to be ready`, timeoutMs: SETTLE_WITHIN_MS, signal },
  });
}

interface Followed {
  readonly here: Here;
  readonly faultAt: number;
  readonly notes: readonly Happening[];
  /** Told what did not come as it should. */
  readonly complain: (error: unknown) => void;
}

async function follow(options: RunOptions, { here, faultAt, notes, complain }: Followed): Promise<IllnessRun> {
  const { illness, stack, signal } = options;
  const remediations = await untilEnded(options, { faultAt, complain });
  const pagesSince = () => stack.pager.pages.filter(({ at }) => at >= faultAt);
  if (illness.expected.paged) {
    const late = { what: 'a page', timeoutMs: PAGE_WITHIN_MS, signal };
    await waitFor(() => pagesSince().length > 0, late).catch(() => signal.throwIfAborted());
  }
  const seen = await illness.look(here).catch((error: unknown) => {
    complain(error);
    return null;
  });
  const [leader, others] = leaderFirst(remediations);
  const [page] = pagesSince();
  const unmet = unmetExpectations(illness.expected, { remediations, paged: page !== undefined });
  const alerts = await firstStates(new PrometheusReader(stack.prometheus.url), {
    ...{ alerts: illness.alerts, since: faultAt },
  });
  const happenings = tellStory({
    fault: { at: faultAt, text: illness.fault.text },
    ...{ notes, alerts, leader, others, pagedAt: page?.at },
  });
  const firingAt = alerts.find(({ state }) => state === 'firing')?.at;
  return reportOf(illness, {
    ...{ faultAt, happenings, leader, remediations, firingAt, seen, unmet },
    paged: page !== undefined,
  });
}

interface Seen {
  readonly faultAt: number;
  readonly happenings: readonly Happening[];
  readonly leader?: ObservedRemediation | undefined;
  readonly remediations?: readonly ObservedRemediation[];
  readonly firingAt?: number | undefined;
  readonly paged?: boolean;
  readonly seen?: string | null;
  readonly unmet?: readonly string[];
}

function reportOf(illness: FoundIllness, run: Seen): IllnessRun {
  const { faultAt, happenings, leader, remediations = [], firingAt, paged = false, seen = null, unmet = [] } = run;
  const report: ExampleReport = {
    example: illness.name,
    story: illness.story,
    outcome: leader?.result.outcome ?? null,
    action: leader === undefined ? null : actionOf(leader),
    fault: leader?.result.fault?.type ?? null,
    summary: leader?.result.summary ?? null,
    seconds: {
      faultToFiring: secondsBetween(faultAt, firingAt),
      faultToWebhook: secondsBetween(faultAt, leader?.startedAt),
      faultToEnd: secondsBetween(faultAt, lastEnd(remediations)),
    },
    workflowIds: remediations.map(({ workflowId }) => workflowId),
    ...{ paged, seen, unmet },
    timeline: happenings.map(({ at, text }) => ({ seconds: Math.round(at - faultAt) / 1000, text })),
  };
  return { report, happenings, faultAt };
}

function lastEnd(remediations: readonly ObservedRemediation[]): number | undefined {
  return remediations.length === 0 ? undefined : Math.max(...remediations.map(({ closedAt }) => closedAt));
}

/**
 * As many remediations as there have to be, when all of them have ended and no more can come; those that have, when the
 * time is up.
 */
async function untilEnded(
  { illness, stack, signal }: RunOptions,
  { faultAt, complain }: Pick<Followed, 'faultAt' | 'complain'>,
): Promise<readonly ObservedRemediation[]> {
  const { remediations } = stack;
  const reader = new PrometheusReader(stack.prometheus.url);
  const { count = 0, atLeast = count } = illness.expected.others ?? {};
  let started = await remediations.startedSince(faultAt, illness.alerts);
  const haveEnded = async () => {
    started = await remediations.startedSince(faultAt, illness.alerts);
    if (started.length < 1 + atLeast || started.some(({ isRunning }) => isRunning)) return false;
    return started.length > count || !(await areActive(reader, illness.alerts));
  };
  await waitFor(haveEnded, {
    ...{ what: `${1 + atLeast} remediation(s) to start and to end`, timeoutMs: END_WITHIN_MS, intervalMs: 100, signal },
  }).catch(complain);
  const ended = started.filter(({ isRunning }) => !isRunning);
  return await Promise.all(ended.map(({ workflowId }) => remediations.outcome(remediations.handle(workflowId))));
}

/** Settles when nothing of the example is left that could trouble the next one. */
async function end({ illness, stack }: RunOptions, here: Here, own: Stack): Promise<void> {
  const { cluster, namespace } = here;
  await own.stop();
  const path = `/api/v1/namespaces/${namespace}`;
  await cluster.remove(path);
  const isGone = async () => !(await cluster.has(path));
  await waitFor(isGone, { what: `namespace ${namespace} to be gone`, timeoutMs: SETTLE_WITHIN_MS, intervalMs: 100 });
  // Afterwards: without its node no Pod would ever end.
  await illness.cleanUp?.(here);
  const reader = new PrometheusReader(stack.prometheus.url);
  await waitFor(async () => !(await areActive(reader, illness.alerts)), {
    ...{ what: `${illness.alerts.join(', ')} to resolve`, timeoutMs: SETTLE_WITHIN_MS, intervalMs: 100 },
  });
  const isAnyOpen = async () =>
    (await stack.remediations.startedSince(0, illness.alerts)).some(({ isRunning }) => isRunning);
  await waitFor(async () => !(await isAnyOpen()), {
    ...{ what: `the remediations of ${namespace} to end`, timeoutMs: SETTLE_WITHIN_MS, intervalMs: 100 },
  });
}
