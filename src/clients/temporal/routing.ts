import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import { inTime } from './temporal-failure.ts';

const { TASK_QUEUE_TYPE_WORKFLOW, TASK_QUEUE_TYPE_ACTIVITY } = proto.temporal.api.enums.v1.TaskQueueType;
const { WORKER_VERSIONING_MODE_VERSIONED } = proto.temporal.api.enums.v1.WorkerVersioningMode;
const KINDS = { workflows: TASK_QUEUE_TYPE_WORKFLOW, activities: TASK_QUEUE_TYPE_ACTIVITY };

/** Temporal remembers who polled for some minutes; a poll that nothing answers is renewed every minute. */
const RECENT_MS = 120_000;

/** One version of a Worker Deployment. */
export interface Version {
  readonly deploymentName: string;
  readonly buildId: string;
}

export interface Poller {
  readonly identity: string;
  /** Absent: an unversioned worker. */
  readonly version?: Version;
}

/** Who takes the tasks of one kind from a task queue. */
export interface Routing {
  /** Those of the last two minutes. */
  readonly pollers: readonly Poller[];
  /** Where ordinary starts go. Absent: to unversioned workers alone. */
  readonly current?: Version;
}

/** Who takes workflows, or activities, from a task queue, and where a start without a version of its own goes. */
export async function readRouting(
  client: Client,
  { taskQueue, kind }: { readonly taskQueue: string; readonly kind: keyof typeof KINDS },
): Promise<Routing> {
  const { namespace } = client.options;
  const asked = { namespace, taskQueue: { name: taskQueue }, taskQueueType: KINDS[kind] };
  const { pollers, versioningInfo } = await inTime(client, () => client.workflowService.describeTaskQueue(asked));
  const current = versionOf(versioningInfo?.currentDeploymentVersion);
  return {
    pollers: pollers
      .filter(({ lastAccessTime }) => Date.now() - Number(lastAccessTime?.seconds ?? 0) * 1000 < RECENT_MS)
      .map(({ identity, deploymentOptions }) => {
        const versioned = deploymentOptions?.workerVersioningMode === WORKER_VERSIONING_MODE_VERSIONED;
        const version = versioned ? versionOf(deploymentOptions) : undefined;
        return { identity: identity ?? '', ...(version === undefined ? {} : { version }) };
      }),
    ...(current === undefined ? {} : { current }),
  };
}

/**
 * Versions that poll for workflows while none of their deployment is current and no unversioned worker is there: an
 * ordinary start waits for ever. Empty: starts are taken.
 */
export function withoutCurrent({ pollers, current }: Routing): readonly Version[] {
  if (current !== undefined || pollers.some(({ version }) => version === undefined)) return [];
  const versions = new Map(pollers.flatMap(({ version }) => (version ? [[formatVersion(version), version]] : [])));
  return [...versions.values()];
}

/** As Temporal's search attribute `TemporalWorkerDeploymentVersion` writes it. */
export function formatVersion({ deploymentName, buildId }: Version): string {
  return `${deploymentName}:${buildId}`;
}

function versionOf(
  found: { readonly deploymentName?: string | null; readonly buildId?: string | null } | null | undefined,
): Version | undefined {
  const { deploymentName, buildId } = found ?? {};
  return deploymentName && buildId ? { deploymentName, buildId } : undefined;
}
