import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { KubernetesClient } from '../clients/kubernetes/kubernetes-client.ts';
import { recordEvent, type TargetEvent } from '../clients/kubernetes/record-event.ts';
import type { PlannedChange } from '../domain/actions/contract.ts';
import type {
  ChangePreview,
  EffectInput,
  EffectResult,
  Observed,
  Standing,
  UndoResult,
} from '../domain/actions/effects.ts';
import type { ActionName } from '../domain/actions/index.ts';
import { type FenceAnswer, FenceReason } from '../domain/admission/admission.ts';
import type { Authority } from '../domain/authority/authority.ts';
import { defined } from '../domain/defined.ts';
import { type FailureType, MendloopError } from '../domain/failures.ts';
import { formatTarget } from '../domain/target/format-target.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { ObserveRequest, ReleaseRequest, StandingRequest, UndoRequest } from './actions/contract.ts';
import type { ActionEffectsByName } from './actions/index.ts';
import type { FenceAsk } from './admission.ts';
import { toApplicationFailure } from './failure.ts';
import { requireAuthority } from './authorize.ts';
import { effectsOf, planChange, type PlanChangeParts, type PlanChangeRequest } from './plan-change.ts';

/** Does an action: an activity of its own for each, of the action's name. */
export type Act = (input: EffectInput) => Promise<EffectResult>;

export type EffectActivities = ReturnType<typeof createEffectActivities>;

export interface EffectActivityParts {
  readonly planning: PlanChangeParts;
  /** The last word before each effect, undo apart. */
  readonly authority: Authority;
  /** For the Events that targets get. */
  readonly kubernetes: KubernetesClient;
  readonly metrics: Pick<Metrics, 'effect'>;
  readonly logger: Logger;
  /** Asked just before each effect, undo apart. @throws MendloopError. */
  readonly fence: (request: FenceAsk) => Promise<FenceAnswer>;
}

export interface ObserveEffectRequest extends ObserveRequest {
  /** Of the grant. */
  readonly epoch: number;
}

const FENCE_CLOSED: FailureType = 'FenceClosed';

/** A sign of life while a watch is quiet; within what the workflow's heartbeat timeout leaves. */
const PULSE_MS = 1000;

/** What is read from and changed on the cluster, whatever the action is. All of it may be run again at any time. */
export function createEffectActivities(parts: EffectActivityParts) {
  const { planning, authority, kubernetes, metrics, logger, fence } = parts;
  const { effects } = planning;

  /** Marks and Events are for people: a cluster that refuses them must not keep a cure, or an undo, from happening. */
  async function tellCluster(what: string, telling: Promise<void> | undefined): Promise<void> {
    try {
      await telling;
    } catch (error) {
      logger.warn({ err: error, remediation: activityInfo().workflowExecution?.workflowId }, `could not ${what}`);
    }
  }

  /** The one gate before an effect. What is given back may be given back anywhere. */
  async function pass({ remediationId, epoch, planned, mode, step }: EffectInput): Promise<void> {
    const { target } = planned;
    if (step === undefined) requireAuthority(planned, authority);
    const asked = { remediationId, epoch, target: formatTarget(target), givesBack: step !== undefined };
    const answer = await fence({ ...asked, ...defined({ mode }) });
    if (answer.open) return;
    throw ApplicationFailure.create({
      ...{
        type: FENCE_CLOSED,
        message: answer.text,
        nonRetryable: true,
        details: [answer.reason, activityInfo().attempt > 1],
      },
    });
  }

  /** An effect that goes on while it is observed: the end of its alert is no reason to leave it half done. */
  async function mayGoOn({ remediationId, epoch, planned: { target } }: ObserveEffectRequest): Promise<boolean> {
    const answer = await fence({ remediationId, epoch, target: formatTarget(target), givesBack: true });
    if (answer.open || answer.reason === FenceReason.Paused) return answer.open;
    throw new MendloopError('TargetChanged', answer.text);
  }

  async function act(input: EffectInput): Promise<EffectResult> {
    const { action, target } = input.planned;
    const ours = effectsOf(effects, action);
    const result = await ours.start(input);
    metrics.effect({ action, result: result.changed ? 'changed' : 'unchanged', target });
    await Promise.all([
      tellCluster('mark the target', ours.hold?.(input)),
      result.changed ? tellCluster('record an event', recordEvent(kubernetes, actedEvent(input, result))) : undefined,
    ]);
    return result;
  }

  async function undo(request: UndoRequest): Promise<UndoResult> {
    const { action, target } = request.planned;
    const ours = effectsOf(effects, action);
    // Another process may still be at it, also where nothing is left to be taken back.
    await ours.stop?.(request);
    const result = await ours.undo(request);
    metrics.effect({ action, result: result.status, target });
    const event = undoneEvent(request, result);
    if (event !== undefined) await tellCluster('record an event', recordEvent(kubernetes, event));
    return result;
  }

  /** Counts what failed. */
  async function counted<T>({ action }: PlannedChange, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      metrics.effect({ action, result: 'failed' });
      throw error;
    }
  }

  const actOnce: Act = (input) =>
    typed(async () => {
      await pass(input);
      return counted(input.planned, () => act(input));
    });
  const acts = Object.fromEntries(Object.keys(effects).map((name) => [name, actOnce])) as Readonly<
    Record<ActionName, Act>
  >;

  return {
    /**
     * Each does its action, once: idempotent by `remediationId` and the change's `uid`. Fails with `FenceClosed`, whose
     * details are the `FenceReason` and whether an earlier attempt may have acted, and with the action's own failures.
     */
    ...acts,

    /** What a plan would do to its target as it is now. Fails with the action's refusals. */
    planChange: (request: PlanChangeRequest): Promise<PlannedChange> => typed(() => planChange(planning, request)),

    /**
     * What a change would do, by a dry run on the API server; changes nothing. Fails with `TargetChanged`,
     * `TargetNotFound`, and with whatever the API server would refuse the change with.
     */
    previewChange: ({ planned }: { readonly planned: PlannedChange }): Promise<ChangePreview> =>
      typed(() => effectsOf(effects, planned.action).preview(planned)),

    /**
     * Waits until an effect is done, with heartbeats. Fails with `EffectFailed`, `EffectTimedOut`, `TargetChanged`, ...
     */
    async observeEffect({ epoch, ...request }: ObserveEffectRequest): Promise<Observed> {
      const pulse = setInterval(heartbeat, PULSE_MS);
      const ours = effectsOf(effects, request.planned.action);
      try {
        return await typed(() => ours.observe(request, cancellationSignal(), () => mayGoOn({ ...request, epoch })));
      } finally {
        clearInterval(pulse);
      }
    },

    /** Whether what was done still stands, by no hand but ours. */
    checkStanding: (request: StandingRequest): Promise<Standing> => typed(() => checkStanding(effects, request)),

    /** Takes back what is still ours. Idempotent; what it found is the result. */
    undoEffect: (request: UndoRequest): Promise<UndoResult> =>
      typed(() => counted(request.planned, () => undo(request))),

    /** Takes this remediation's marks off the target; tolerates that there are none. */
    releaseTarget: (request: ReleaseRequest): Promise<void> =>
      typed(() => effectsOf(effects, request.planned.action).release(request)),
  };
}

/** What cannot be moved by another hand stands. */
export function checkStanding(effects: ActionEffectsByName, request: StandingRequest): Promise<Standing> {
  return effectsOf(effects, request.planned.action).stands?.(request) ?? Promise.resolve({ status: 'stands' });
}

async function typed<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw toApplicationFailure(error);
  }
}

function actedEvent({ remediationId, planned: { target, uid } }: EffectInput, { text }: EffectResult): TargetEvent {
  return {
    ...{ target, uid, remediationId, type: 'Normal', reason: 'MendloopActed' },
    message: `${text}, by ${remediationId}`,
  };
}

function undoneEvent(
  { remediationId, planned: { target, uid } }: UndoRequest,
  { status, text }: UndoResult,
): TargetEvent | undefined {
  const subject = { target, uid, remediationId, message: `${text}, by ${remediationId}` };
  switch (status) {
    case 'restored':
      return { ...subject, type: 'Normal', reason: 'MendloopUndone' };
    case 'left_alone':
      return { ...subject, type: 'Warning', reason: 'MendloopLeftAlone' };
    case 'nothing_to_undo':
    case 'gone':
      return undefined;
  }
}
