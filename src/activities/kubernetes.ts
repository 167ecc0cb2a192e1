import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';
import { applyScale } from '../clients/kubernetes/apply-scale.ts';
import { awaitReady, type Readiness, type ReadyResult } from '../clients/kubernetes/await-ready.ts';
import { holdTarget, releaseTarget } from '../clients/kubernetes/hold-target.ts';
import { inspectTarget } from '../clients/kubernetes/inspect-target.ts';
import type { KubernetesClient } from '../clients/kubernetes/kubernetes-client.ts';
import { previewScale } from '../clients/kubernetes/preview-scale.ts';
import { recordEvent, type TargetEvent } from '../clients/kubernetes/record-event.ts';
import { restoreScale } from '../clients/kubernetes/restore-scale.ts';
import type {
  ChangePreview,
  RestoreResult,
  ScaleChange,
  ScaleResult,
  TargetSnapshot,
} from '../domain/actions/effects.ts';
import type { Target } from '../domain/target/target.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { toApplicationFailure } from './failure.ts';

export type KubernetesActivities = ReturnType<typeof createKubernetesActivities>;

export interface KubernetesActivityParts {
  readonly kubernetes: KubernetesClient;
  readonly metrics: Pick<Metrics, 'effect'>;
  readonly logger: Logger;
}

/** A sign of life while a watch is quiet; within what the workflow's heartbeat timeout leaves. */
const PULSE_MS = 1000;

/** What is read from and changed on the cluster. Every effect is compare-and-set and may be run again at any time. */
export function createKubernetesActivities({ kubernetes, metrics, logger }: KubernetesActivityParts) {
  /** Marks and Events are for people: a cluster that refuses them must not keep a cure, or an undo, from happening. */
  async function tellCluster(what: string, telling: Promise<void>): Promise<void> {
    try {
      await telling;
    } catch (error) {
      logger.warn({ err: error, remediation: activityInfo().workflowExecution?.workflowId }, `could not ${what}`);
    }
  }

  return {
    /** The target as it is now; a Pod becomes the workload that owns it. Fails with `TargetNotFound`, `TargetUnsupported`. */
    inspectTarget: ({ target }: { target: Target }): Promise<TargetSnapshot> =>
      typed(() => inspectTarget(kubernetes, target)),

    /**
     * What a change would do, by a dry run on the API server; changes nothing. Fails with `TargetChanged`,
     * `TargetNotFound`, and with whatever the API server would refuse the change with.
     */
    previewScale: (change: ScaleChange): Promise<ChangePreview> => typed(() => previewScale(kubernetes, change)),

    /**
     * Moves the lever, once. Idempotent by `remediationId` and `uid`: a retry finds its own change by the field manager.
     * Fails with `TargetChanged`, `TargetHeld`, `TargetReplaced`, `TargetNotFound`.
     */
    async applyScale(change: ScaleChange): Promise<ScaleResult> {
      try {
        const result = await typed(() => applyScale(kubernetes, change));
        metrics.effect({ action: 'scale', result: result.changed ? 'changed' : 'unchanged', target: change.target });
        await Promise.all([
          tellCluster('mark the target', holdTarget(kubernetes, change)),
          tellCluster('record an event', recordEvent(kubernetes, scaledEvent(change))),
        ]);
        return result;
      } catch (error) {
        metrics.effect({ action: 'scale', result: 'failed' });
        throw error;
      }
    },

    /** Waits, by watch, with heartbeats. Fails with `RolloutFailed`, `RolloutTimedOut`, `TargetChanged`, `TargetReplaced`. */
    async awaitReady(wanted: Readiness): Promise<ReadyResult> {
      const pulse = setInterval(heartbeat, PULSE_MS);
      try {
        return await typed(() => awaitReady(kubernetes, wanted, cancellationSignal()));
      } finally {
        clearInterval(pulse);
      }
    },

    /** Puts the lever back if its value is still ours. Idempotent; what it found is the result. */
    async restoreScale(change: ScaleChange): Promise<RestoreResult> {
      try {
        const result = await typed(() => restoreScale(kubernetes, change));
        metrics.effect({ action: 'scale', result: result.status, target: change.target });
        const event = restoredEvent(change, result);
        if (event !== undefined) await tellCluster('record an event', recordEvent(kubernetes, event));
        return result;
      } catch (error) {
        metrics.effect({ action: 'scale', result: 'failed' });
        throw error;
      }
    },

    /** Takes this remediation's marks off the target; tolerates that there are none. */
    releaseTarget: (hold: Pick<ScaleChange, 'remediationId' | 'target' | 'uid'>): Promise<void> =>
      typed(() => releaseTarget(kubernetes, hold)),
  };
}

async function typed<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw toApplicationFailure(error);
  }
}

function scaledEvent({ target, uid, remediationId, lever, from, to }: ScaleChange): TargetEvent {
  const what = lever.kind === 'autoscaler' ? `minReplicas of autoscaler ${lever.name}` : 'replicas';
  return {
    ...{ target, uid, remediationId, type: 'Normal', reason: 'MendloopScaled' },
    message: `${what} ${from} -> ${to} by ${remediationId}`,
  };
}

function restoredEvent(change: ScaleChange, result: RestoreResult): TargetEvent | undefined {
  const { target, uid, remediationId } = change;
  const subject = { target, uid, remediationId };
  switch (result.status) {
    case 'restored':
      return {
        ...{ ...subject, type: 'Normal', reason: 'MendloopRolledBack' },
        message: `put back ${result.before} -> ${result.after} by ${remediationId}`,
      };
    case 'left_alone':
      return {
        ...{ ...subject, type: 'Warning', reason: 'MendloopLeftAlone' },
        message: `set ${result.expected}, found ${result.found} by ${result.by}: not put back by ${remediationId}`,
      };
    case 'nothing_to_undo':
    case 'gone':
      return undefined;
  }
}
