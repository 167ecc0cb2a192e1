import type { Footprint } from './footprint.ts';
import type { Footprints, Way } from './histories.ts';
import type { Load } from './load.ts';
import { cloudCost } from './prices.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;
const DAYS_OF_MONTH = 365 / 12;

/** A Schedule of the store runs a sweep this often; a run of a Schedule is two actions beside the start of its workflow. */
const SWEEP_SECONDS = 30;
const SCHEDULE_ACTIONS = 2;

/** An activity that proves says so as often as its plan samples, and the SDK sends that at most at 80 % of the timeout. */
const HEARTBEAT_SECONDS = 0.8 * (5 + 5);

/** Half of what a shard takes from its queue each second by default: 20 polls. */
const TASKS_PER_SHARD = 10;
/** Fewer are not worth it: the number is fixed for ever, and an idle shard costs next to nothing. */
const LEAST_SHARDS = 512;
/** Tasks that a partition of a task queue passes on each second with ease. */
const TASKS_PER_PARTITION = 200;
const DEFAULT_PARTITIONS = 4;
/** From a poll's answer to the next poll, on a network and database of one region. */
const POLL_SECONDS = 0.03;
/** A proof is an activity that waits: a worker has room for so many, `temporal.maxConcurrentActivities` by default. */
const ACTIVITIES_PER_WORKER = 200;
/** Two, so that one may be drained. */
const LEAST_WORKERS = 2;

/** What a load needs. Rates are of the busiest minute, unless they say a day or a month. */
export interface Sizing {
  readonly alertsPerHour: number;
  readonly workflowsPerHour: number;
  /** That ran a plan: those which changed something. */
  readonly changesPerHour: number;
  /** Workflows open at the same time, on average at peak. */
  readonly open: number;
  readonly startsPerSecond: number;
  readonly eventsPerSecond: number;
  readonly tasksPerSecond: number;
  readonly shards: number;
  readonly partitions: number;
  /** Of workflow tasks and of activity tasks, over all workers. */
  readonly pollers: { readonly workflow: number; readonly activity: number };
  readonly workers: number;
  /** Proofs that wait at the same time. */
  readonly proving: number;
  readonly historyBytesPerDay: number;
  /** What is kept when as much is deleted as is written: after the retention. */
  readonly historyBytesKept: number;
  readonly actionsPerMonth: number;
  readonly dollarsPerMonth: number;
}

/** The arithmetic of docs/sizing.md. */
export function sizeFor(load: Load, footprints: Footprints): Sizing {
  const { alertsPerHour, peak, retentionDays } = load;
  const ways = Object.entries(load.mix) as [Way, number][];
  /** Of all ways of an alert, by its share. */
  const each = (of: (footprint: Footprint, way: Way) => number) =>
    ways.reduce((sum, [way, share]) => sum + share * of(footprints.ways[way], way), 0);
  const perSecond = (alertsPerHour / HOUR) * peak;
  const sweepsPerDay = DAY / SWEEP_SECONDS;

  const share = each(() => 1);
  const acts = each((_, way) => (way === 'told' || way === 'observed' ? 0 : 1));
  const openSeconds = each((_, way) => secondsOpen(way, load));
  const workflowTasks = each(({ workflowTasks: tasks }) => tasks);
  const activityTasks = each(({ activityTasks: tasks }) => tasks);
  const tasksPerSecond = perSecond * (workflowTasks + activityTasks);
  const bytes = each((footprint) => footprint.bytes);
  const historyBytesPerDay = (alertsPerHour * DAY * bytes) / HOUR + sweepsPerDay * footprints.sweep.bytes;
  const heartbeats = acts * (load.proofSeconds / HEARTBEAT_SECONDS);
  const actions = each((footprint) => footprint.actions) + heartbeats;
  const actionsPerDay =
    (alertsPerHour * DAY * actions) / HOUR + sweepsPerDay * (footprints.sweep.actions + SCHEDULE_ACTIONS);
  const actionsPerMonth = actionsPerDay * DAYS_OF_MONTH;
  const proving = perSecond * acts * load.proofSeconds;
  return {
    alertsPerHour,
    workflowsPerHour: alertsPerHour * share,
    changesPerHour: alertsPerHour * acts,
    open: perSecond * openSeconds,
    startsPerSecond: perSecond * share,
    eventsPerSecond: perSecond * each(({ events }) => events),
    tasksPerSecond,
    shards: Math.max(LEAST_SHARDS, powerOfTwo(tasksPerSecond / TASKS_PER_SHARD)),
    partitions: Math.max(DEFAULT_PARTITIONS, Math.ceil(tasksPerSecond / TASKS_PER_PARTITION)),
    pollers: {
      workflow: Math.ceil(perSecond * workflowTasks * POLL_SECONDS),
      activity: Math.ceil(perSecond * activityTasks * POLL_SECONDS),
    },
    workers: Math.max(LEAST_WORKERS, Math.ceil(proving / ACTIVITIES_PER_WORKER)),
    proving,
    historyBytesPerDay,
    historyBytesKept: historyBytesPerDay * retentionDays,
    actionsPerMonth,
    dollarsPerMonth: cloudCost({
      actions: actionsPerMonth,
      activeGb: ((perSecond / peak) * openSeconds * footprints.ways.cured.bytes) / 1e9,
      retainedGb: (historyBytesPerDay * retentionDays) / 1e9,
    }),
  };
}

/**
 * Cores that a process is busy with at peak, by the milliseconds of CPU that one which cures takes of it. Others take as much
 * less or more as their histories have events.
 */
export function coresFor(
  { eventsPerSecond }: Pick<Sizing, 'eventsPerSecond'>,
  { cpuMs, footprints }: { readonly cpuMs: number; readonly footprints: Footprints },
): number {
  return (eventsPerSecond * cpuMs) / footprints.ways.cured.events / 1000;
}

/** How long a workflow of this way is open. */
function secondsOpen(way: Way, { proofSeconds, watchSeconds }: Load): number {
  switch (way) {
    case 'told':
    case 'observed':
      return 1;
    case 'undone':
      return proofSeconds;
    case 'ladder':
      return 2 * proofSeconds + watchSeconds;
    case 'cured':
    case 'approved': // Beside the human's time, which costs nothing but room.
      return proofSeconds + watchSeconds;
  }
}

function powerOfTwo(least: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, least)));
}
