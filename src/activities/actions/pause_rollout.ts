import { pause } from '../../clients/kubernetes/at-each-change.ts';
import { diffObjects } from '../../clients/kubernetes/diff-objects.ts';
import { markingPatch, markOf } from '../../clients/kubernetes/hold-target.ts';
import type { JsonPatch, KubernetesClient } from '../../clients/kubernetes/kubernetes-client.ts';
import { isOurs, nameOwners } from '../../clients/kubernetes/lever.ts';
import { isGone } from '../../clients/kubernetes/restore-scale.ts';
import {
  changeWorkload,
  inspectTemplate,
  previewWorkload,
  readTemplate,
  type WorkloadHand,
} from '../../clients/kubernetes/template-workload.ts';
import type { PlannedChange } from '../../domain/actions/contract.ts';
import type { EffectResult, Observed, Standing, UndoResult } from '../../domain/actions/effects.ts';
import { fieldOwners } from '../../domain/actions/field-owners.ts';
import type { PauseRolloutParameters, PauseRolloutSeen } from '../../domain/actions/pause_rollout/pause-rollout.ts';
import { hasSeen } from '../../domain/target/said-of-object.ts';
import type { TemplateObject } from '../../domain/actions/template-facts.ts';
import { MendloopError } from '../../domain/failures.ts';
import { nameTarget } from '../../domain/target/name-target.ts';
import { templateRelease } from '../template-marks.ts';
import type { ActionEffects } from './contract.ts';

/** Annotation that says how far the remediation that holds the Deployment has come. */
const PAUSE_MARK = 'mendloop.dev/pause';
const PauseMark = { Paused: 'paused', Resumed: 'resumed' } as const;

/** Milliseconds between two looks: a controller sees a pause at once. */
const LOOK_MS = 250;

/** Pauses a Deployment: compare-and-set of one field. */
export function createPauseRolloutEffects({
  kubernetes,
}: {
  readonly kubernetes: KubernetesClient;
}): ActionEffects<PauseRolloutParameters, PauseRolloutSeen> {
  async function undo(hand: WorkloadHand, hadPaused: boolean): Promise<UndoResult> {
    const name = nameTarget(hand.target);
    const restored = { status: 'restored', text: `Resumed the rollout of ${name}` } as const;
    try {
      return await changeWorkload<UndoResult>(kubernetes, hand, (object) => {
        const reading = readPause(object);
        if (!reading.isPaused) {
          // A pause that is gone has no owner: the mark tells who resumed.
          const wasOurs = markOf(object, hand, PAUSE_MARK) === PauseMark.Resumed;
          return { result: wasOurs ? restored : { status: 'nothing_to_undo', text: `${name} is not paused` } };
        }
        if (isOurs(reading, hand)) return { patch: resuming(object, hand), result: restored };
        const by = nameOwners(reading);
        const text = `${name} stays paused by ${by}`;
        return {
          result: hadPaused
            ? { status: 'left_alone', text, expected: 'paused by us', found: 'paused', by }
            : { status: 'nothing_to_undo', text },
        };
      });
    } catch (error) {
      if (isGone(error))
        return { status: 'gone', text: `${name} is gone, or was created anew: nothing of ours is left` };
      throw error;
    }
  }

  async function stands(hand: WorkloadHand, result: EffectResult): Promise<Standing> {
    const name = nameTarget(hand.target);
    try {
      const reading = readPause(await readTemplate(kubernetes, hand));
      if (reading.isPaused && (!result.changed || isOurs(reading, hand))) return { status: 'stands' };
      const found = reading.isPaused ? 'paused' : 'resumed';
      const by = reading.isPaused ? nameOwners(reading) : 'an unknown hand';
      return {
        status: 'moved',
        text: `${by} has ${found} the rollout of ${name}`,
        expected: 'paused by us',
        found,
        by,
      };
    } catch (error) {
      if (isGone(error)) return { status: 'gone', text: `${name} is gone, or was created anew` };
      throw error;
    }
  }

  async function observe(hand: WorkloadHand, deadlineAt: number, signal: AbortSignal): Promise<Observed> {
    const name = nameTarget(hand.target);
    for (;;) {
      const object = await readTemplate(kubernetes, hand);
      if (!readPause(object).isPaused) {
        throw new MendloopError('TargetChanged', `the rollout of ${name} was resumed meanwhile`);
      }
      const { updatedReplicas = 0, replicas = 0 } = object.status ?? {};
      const text = `${updatedReplicas} of ${replicas} Pods are of the newest template`;
      if (hasSeen(object)) return { text: `the rollout of ${name} is paused`, readings: [{ name: 'rollout', text }] };
      if (Date.now() >= deadlineAt) {
        throw new MendloopError('EffectTimedOut', `${name}: its controller has not seen the pause yet`);
      }
      await pause(LOOK_MS, signal);
      signal.throwIfAborted();
    }
  }

  return {
    async inspect({ target }) {
      const { object, ...seen } = await inspectTemplate(kubernetes, target);
      return { ...seen, isPaused: object.spec?.paused === true };
    },

    async preview(planned) {
      const hand = read({ remediationId: 'dry/run', planned });
      const { now, next } = await previewWorkload(kubernetes, hand, (object) => pausing(object, hand));
      return { diff: diffObjects(shown(now), shown(next)) };
    },

    start: async ({ remediationId, planned }) => {
      const hand = read({ remediationId, planned });
      return changeWorkload(kubernetes, hand, (object) => {
        const reading = readPause(object);
        if (reading.isPaused) return { result: paused(hand, isOurs(reading, hand)) };
        return { patch: pausing(object, hand), result: paused(hand, true) };
      });
    },

    async done({ remediationId, planned }) {
      const hand = read({ remediationId, planned });
      const reading = readPause(await readTemplate(kubernetes, hand));
      return reading.isPaused && isOurs(reading, hand) ? paused(hand, true) : undefined;
    },

    observe: (request, signal) => observe(read(request), request.deadlineAt, signal),
    undo: ({ result, ...request }) => undo(read(request), result?.changed ?? !request.planned.isDone),
    stands: ({ result, ...request }) => stands(read(request), result),

    ...templateRelease({ kubernetes, marks: [PAUSE_MARK] }),
  };
}

function read({ remediationId, planned }: { remediationId: string; planned: PlannedChange }): WorkloadHand {
  const { target, uid } = planned;
  return { remediationId, target, uid };
}

function paused({ target }: WorkloadHand, isOurs: boolean): EffectResult {
  const name = nameTarget(target);
  const text = isOurs ? `Paused the rollout of ${name}` : `The rollout of ${name} is paused by another hand`;
  return { changed: isOurs, text, handle: {} };
}

function readPause({ metadata, spec }: TemplateObject) {
  return { isPaused: spec?.paused === true, owners: fieldOwners(metadata?.managedFields, 'paused') };
}

function pausing(object: TemplateObject, { remediationId }: WorkloadHand): JsonPatch {
  const marks = markingPatch(object, remediationId, { [PAUSE_MARK]: PauseMark.Paused });
  return [...marks, { op: 'add', path: '/spec/paused', value: true }];
}

function resuming(object: TemplateObject, { remediationId }: WorkloadHand): JsonPatch {
  const marks = markingPatch(object, remediationId, { [PAUSE_MARK]: PauseMark.Resumed });
  return [...marks, { op: 'remove', path: '/spec/paused' }];
}

function shown({ metadata, spec }: TemplateObject) {
  return { kind: 'Deployment', metadata: { ...metadata }, spec: { paused: spec?.paused === true } };
}
