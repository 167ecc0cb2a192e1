import type { ConditionObject, ContainerStatus } from './condition-object.ts';
import { fails, type Found, holds } from './check.ts';

interface RestartTerms {
  /** Whose Pods they are, for people. */
  readonly whose: string;
  readonly forSeconds: number;
  /** Epoch ms, by our clock. */
  readonly now: number;
}

/**
 * Whether every container runs, and has for so long. A container that has just been started has not been seen to stay up,
 * so that the first start counts like any other.
 */
export function judgeNoRestarts(pods: readonly ConditionObject[], { whose, forSeconds, now }: RestartTerms): Found {
  const staying = pods.filter(({ metadata, status }) => {
    return metadata?.deletionTimestamp === undefined && status?.phase !== 'Succeeded' && status?.phase !== 'Failed';
  });
  if (staying.length === 0) return fails(`${whose} has no Pod that runs`);
  for (const pod of staying) {
    const name = `Pod ${pod.metadata?.name ?? ''}`;
    const containers = pod.status?.containerStatuses ?? [];
    if (containers.length === 0) return fails(`${name} has not started`);
    for (const container of containers) {
      const trouble = troubleOf(container, { forSeconds, now });
      if (trouble !== undefined) {
        return fails(`container ${container.name ?? ''} of ${name} ${trouble}`);
      }
    }
  }
  return holds(`${whose}: no container restart for ${forSeconds} s`);
}

function troubleOf(
  { state = {}, restartCount = 0 }: ContainerStatus,
  { forSeconds, now }: Pick<RestartTerms, 'forSeconds' | 'now'>,
): string | undefined {
  const { running, waiting, terminated } = state;
  const restarts = restartCount === 0 ? '' : `, after ${restartCount} restart${restartCount === 1 ? '' : 's'}`;
  if (waiting !== undefined) return `waits: ${waiting.reason ?? 'no reason given'}${restarts}`;
  if (terminated !== undefined) {
    return `has ended: ${terminated.reason ?? `exit code ${terminated.exitCode ?? 'unknown'}`}${restarts}`;
  }
  const startedAt = startOf(running?.startedAt);
  if (startedAt === undefined) return 'does not say since when it runs';
  const seconds = Math.floor((now - startedAt) / 1000);
  return seconds >= forSeconds ? undefined : `has run for ${Math.max(0, seconds)} s${restarts}`;
}

function startOf(startedAt: unknown): number | undefined {
  const at =
    startedAt instanceof Date ? startedAt.getTime() : Date.parse(typeof startedAt === 'string' ? startedAt : '');
  return Number.isNaN(at) ? undefined : at;
}
