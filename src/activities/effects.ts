import { activityInfo, cancellationSignal } from '@temporalio/activity';
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
import { type FenceAsk, scopeOf } from './admission.ts';
import { alive, typed } from './alive.ts';
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

export interface PreviewRequest {
  readonly planned: PlannedChange;
  /** What comes before it; absent: nothing does. */
  readonly first?: PlannedChange;
}

export interface UndoEffectRequest extends UndoRequest {
  /** Of the grant by which it was done. */
  readonly epoch?: number;
  /** Asked for by a run that was reset: the store has to say first that the target is still held. */
  readonly isReset?: boolean;
}

const FENCE_CLOSED: FailureType = 'FenceClosed';

type ClosedFence = Exclude<FenceAnswer, { readonly open: true }>;

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

  /** The one gate before an effect. What is given back may be given back anywhere. Undefined: open. */
  async function closedGate({
    remediationId,
    epoch,
    planned,
    mode,
    step,
  }: EffectInput): Promise<ClosedFence | undefined> {
    const { target } = planned;
    if (step === undefined) requireAuthority(planned, authority);
    const asked = { remediationId, epoch, target: formatTarget(target), givesBack: step !== undefined };
    const answer = await fence({ ...asked, change: scopeOf(planned), ...defined({ mode }) });
    return answer.open ? undefined : answer;
  }

  /** An effect that goes on while it is observed: the end of its alert is no reason to leave it half done. */
  async function mayGoOn({ remediationId, epoch, planned: { target } }: ObserveEffectRequest): Promise<boolean> {
    const answer = await fence({ remediationId, epoch, target: formatTarget(target), givesBack: true });
    if (answer.open || answer.reason === FenceReason.Paused) return answer.open;
    throw new MendloopError('TargetChanged', answer.text);
  }

  /**
   * Acts where the gate is open. Where it has closed since an attempt whose answer was lost, nothing more is done; what that
   * attempt did was let through, and is its result: a crash must not take a cure away because the alert is over by then.
   */
  async function act(input: EffectInput): Promise<EffectResult> {
    const { action } = input.planned;
    const ours = effectsOf(effects, action);
    const closed = await closedGate(input);
    if (closed === undefined) return await counted(input.planned, async () => tellOf(input, await ours.start(input)));
    const mayHaveActed = input.again === true || activityInfo().attempt > 1;
    const holds = closed.reason !== FenceReason.NotHolder;
    const done = mayHaveActed && holds ? await counted(input.planned, () => ours.done(input)) : undefined;
    if (done !== undefined) return await tellOf(input, done);
    throw ApplicationFailure.create({
      ...{ type: FENCE_CLOSED, message: closed.text, nonRetryable: true, details: [closed.reason, mayHaveActed] },
    });
  }

  async function tellOf(input: EffectInput, result: EffectResult): Promise<EffectResult> {
    const { action, target } = input.planned;
    metrics.effect({ action, result: result.changed ? 'changed' : 'unchanged', target });
    await Promise.all([
      tellCluster('mark the target', effectsOf(effects, action).hold?.(input)),
      result.changed ? tellCluster('record an event', recordEvent(kubernetes, actedEvent(input, result))) : undefined,
    ]);
    return result;
  }

  /** A run that was reset may come long after its remediation has given everything back: then the target is another's. */
  async function isStillHeld({ epoch, planned, remediationId, isReset }: UndoEffectRequest): Promise<FenceAnswer> {
    if (isReset !== true || epoch === undefined) return { open: true };
    const answer = await fence({ remediationId, epoch, target: formatTarget(planned.target), givesBack: true });
    // A pause, or whatever else holds effects back, is no reason to leave a change that is still its own.
    return !answer.open && answer.reason === FenceReason.NotHolder ? answer : { open: true };
  }

  async function stands({ remediationId, planned, result }: UndoRequest): Promise<boolean> {
    const done = result ?? { changed: true, text: '', handle: {} };
    return (await checkStanding(effects, { remediationId, planned, result: done })).status === 'stands';
  }

  async function undo({ isReset, epoch, ...request }: UndoEffectRequest): Promise<UndoResult> {
    const { action, target } = request.planned;
    const held = await isStillHeld({ ...request, ...defined({ isReset, epoch }) });
    // What does not stand any more by its hand is not touched by its undo either, which says so.
    if (!held.open && (await stands(request)) && !((await effectsOf(effects, action).isUndone?.(request)) ?? false)) {
      metrics.effect({ action, result: 'left_alone', target });
      return {
        ...{ status: 'left_alone', text: `Left alone by a run that was reset: ${held.text}` },
        ...{ expected: `held by ${request.remediationId}`, found: 'not held by it any more', by: 'the store' },
      };
    }
    const ours = effectsOf(effects, action);
    // Another process may still be at it, also where nothing is left to be taken back.
    await ours.stop?.(request);
    const result = await ours.undo(request);
    metrics.effect({ action, result: result.status, target });
    const event = undoneEvent(request, result);
    if (event !== undefined) await tellCluster('record an event', recordEvent(kubernetes, event));
    return result;
  }

  /** What a budget refuses before it is relaxed is what the prelude is for: no reason not to ask. */
  async function preview(planned: PlannedChange, first: PlannedChange | undefined): Promise<ChangePreview> {
    const own = effectsOf(effects, planned.action).preview(planned);
    if (first === undefined) return await own;
    const after = own.catch((error: unknown) => {
      if (error instanceof MendloopError && error.type === 'DisruptionRefused') return { diff: '' };
      throw error;
    });
    const [before, then] = await Promise.all([effectsOf(effects, first.action).preview(first), after]);
    return { ...then, diff: [before.diff, then.diff].filter((diff) => diff !== '').join('\n') };
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

  const actOnce: Act = (input) => alive(() => act(input));
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
     * What a change, and what comes before it, would do, by a dry run on the API server; changes nothing. Fails with `TargetChanged`,
     * `TargetNotFound`, and with whatever the API server would refuse the change with.
     */
    previewChange: ({ planned, first }: PreviewRequest): Promise<ChangePreview> => typed(() => preview(planned, first)),

    /**
     * Waits until an effect is done, with heartbeats. Fails with `EffectFailed`, `EffectTimedOut`, `TargetChanged`, ...
     */
    observeEffect({ epoch, ...request }: ObserveEffectRequest): Promise<Observed> {
      const ours = effectsOf(effects, request.planned.action);
      return alive(() => ours.observe(request, cancellationSignal(), () => mayGoOn({ ...request, epoch })));
    },

    /** Whether what was done still stands, by no hand but ours. */
    checkStanding: (request: StandingRequest): Promise<Standing> => typed(() => checkStanding(effects, request)),

    /** Takes back what is still ours. Idempotent; what it found is the result. */
    undoEffect: (request: UndoEffectRequest): Promise<UndoResult> =>
      alive(() => counted(request.planned, () => undo(request))),

    /** Takes this remediation's marks off the target; tolerates that there are none. */
    releaseTarget: (request: ReleaseRequest): Promise<void> =>
      typed(() => effectsOf(effects, request.planned.action).release(request)),
  };
}

/** What cannot be moved by another hand stands. */
export function checkStanding(effects: ActionEffectsByName, request: StandingRequest): Promise<Standing> {
  return effectsOf(effects, request.planned.action).stands?.(request) ?? Promise.resolve({ status: 'stands' });
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
