import { z } from 'zod';
import { applyScale, type ScaleResult } from '../../clients/kubernetes/apply-scale.ts';
import { pause } from '../../clients/kubernetes/at-each-change.ts';
import { awaitReady } from '../../clients/kubernetes/await-ready.ts';
import { holdTarget, releaseTarget } from '../../clients/kubernetes/hold-target.ts';
import { inspectTarget, REPLICA_MARKS } from '../../clients/kubernetes/inspect-target.ts';
import type { KubernetesClient } from '../../clients/kubernetes/kubernetes-client.ts';
import {
  isMendloops,
  isOurs,
  isTakenOver,
  type LeverReading,
  movedAt,
  nameOwners,
  readLever,
} from '../../clients/kubernetes/lever.ts';
import type { ListedPods } from '../../clients/kubernetes/listed-pods.ts';
import { previewScale } from '../../clients/kubernetes/preview-scale.ts';
import { isGone, type RestoreResult, restoreScale } from '../../clients/kubernetes/restore-scale.ts';
import { scaledObjectsOf } from '../../clients/kubernetes/scaled-object.ts';
import { workloadPath } from '../../clients/kubernetes/workload.ts';
import type { PlannedChange } from '../../domain/actions/contract.ts';
import type { EffectResult, Observed, Standing, UndoResult } from '../../domain/actions/effects.ts';
import type { Movement } from '../../domain/actions/readings.ts';
import type { ScaleChange, ScaleSeen } from '../../domain/actions/scale/change.ts';
import type { ScaleParameters } from '../../domain/actions/scale/parameters.ts';
import { defined } from '../../domain/defined.ts';
import { isRetryable, MendloopError } from '../../domain/failures.ts';
import { nameTarget } from '../../domain/target/name-target.ts';
import type { ActionEffects, ObserveRequest, StandingRequest, UndoRequest } from './contract.ts';

/** Names the field manager of what is never stored. */
const DRY_RUN = 'dry/run';

const count = z.number().int().min(0);

/** What the history keeps of a planned change. */
const changeSchema: z.ZodType<ScaleChange> = z.object({
  lever: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('replicas') }),
    z.object({ kind: z.literal('autoscaler'), name: z.string(), maxReplicas: count }),
    z.object({
      kind: z.literal('scaledobject'),
      name: z.string(),
      maxReplicas: count,
      isUnsaid: z.boolean().exactOptional(),
    }),
  ]),
  from: count,
  to: count,
  baseline: count,
  complaints: z.array(z.string()),
});

/** Moves the replicas of a workload, or the minimum of its autoscaler: compare-and-set, one patch. */
export function createScaleEffects({
  kubernetes,
  listedPods,
}: {
  readonly kubernetes: KubernetesClient;
  readonly listedPods?: ListedPods | undefined;
}): ActionEffects<ScaleParameters, ScaleSeen> {
  const listScaledObjects = scaledObjectsOf(kubernetes);
  return {
    inspect: ({ target }) => inspectTarget(kubernetes, target, { listScaledObjects, listedPods }),

    async preview(planned) {
      const { before, after, diff } = await previewScale(kubernetes, changeOf({ remediationId: DRY_RUN, planned }));
      return { moves: movement(planned, before, after), diff };
    },

    async start({ remediationId, planned, step }): Promise<EffectResult> {
      const change = { ...changeOf({ remediationId, planned }), ...step };
      return scaled(planned, await applyScale(kubernetes, change));
    },

    async done({ remediationId, planned, step }) {
      const hand = changeOf({ remediationId, planned });
      const { from, to } = { ...hand, ...step };
      const reading = await readLever(kubernetes, hand);
      if (from === to || reading.value !== to || !isOurs(reading, hand)) return undefined;
      return scaled(planned, { changed: true, before: from, after: to });
    },

    observe: (request, signal) => observe(kubernetes, request, signal),

    async undo({ remediationId, planned, result }: UndoRequest): Promise<UndoResult> {
      const change = changeOf({ remediationId, planned });
      const restored = await restoreScale(kubernetes, change);
      return undoResult(restored, { planned, hasActed: result?.changed === true, to: change.to });
    },

    stands: (request) => stands(kubernetes, request),

    async isUndone({ remediationId, planned }) {
      const hand = changeOf({ remediationId, planned });
      return (await readLever(kubernetes, hand)).value === hand.from;
    },

    async hold({ remediationId, planned, step }) {
      const { baseline, to } = changeSchema.parse(planned.change);
      // A later step does not know better than the first where the target stood: it moves on from what was set since.
      const marks = {
        [REPLICA_MARKS.baseline]: String(baseline),
        [REPLICA_MARKS.intended]: String(step?.to ?? to),
      };
      await holdTarget(kubernetes, { remediationId, path: workloadPath(planned.target), marks });
    },

    release: ({ remediationId, planned: { target, uid } }) =>
      releaseTarget(kubernetes, {
        ...{ remediationId, uid, path: workloadPath(target), marks: Object.values(REPLICA_MARKS) },
      }),
  };
}

/** Milliseconds between two looks at a lever that no watch of the workload shows. */
const LOOK_MS = 1000;

type Hand = ReturnType<typeof changeOf>;

/** The lever in a remediation's hands, with what was planned for it. */
function changeOf({ remediationId, planned }: { readonly remediationId: string; readonly planned: PlannedChange }) {
  const { target, uid } = planned;
  return { remediationId, target, uid, ...changeSchema.parse(planned.change) };
}

function scaled(planned: PlannedChange, { changed, before, after }: ScaleResult): EffectResult {
  const text = changed ? `Scaled ${before} -> ${after}` : `It stands at ${after} already`;
  return { changed, text, moved: movement(planned, before, after), handle: {} };
}

function movement({ moves }: PlannedChange, before: number, after: number): Movement {
  return { name: moves?.name ?? 'replicas', before, after };
}

/** Controllers are judged by what they say after the act: it is read first when that was, and whether it still holds. */
async function observe(
  kubernetes: KubernetesClient,
  { deadlineAt, value, ...request }: ObserveRequest,
  signal: AbortSignal,
): Promise<Observed> {
  const change = changeOf(request);
  const { target, uid, lever, complaints, to } = change;
  const replicas = value ?? to;
  const at = movedAt(await leverAt(kubernetes, change, replicas), change);
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  const awaited = {
    ...{ target, uid, replicas, exact: lever.kind === 'replicas', deadlineAt },
    act: { complaints, ...(at === undefined ? {} : { at }) },
  };
  const { readyReplicas } = await Promise.race([
    awaitReady(kubernetes, awaited, either),
    // The workload itself is watched; of what its autoscaler is told, it knows nothing.
    ...(lever.kind !== 'replicas' ? [untilMoved(kubernetes, change, replicas, either)] : []),
  ]).finally(() => over.abort());
  const ready = { name: 'ready replicas', text: String(readyReplicas), value: readyReplicas };
  return { text: `${readyReplicas} ready replicas`, readings: [ready] };
}

/** @throws MendloopError `TargetChanged` if another hand has moved it. */
async function leverAt(kubernetes: KubernetesClient, change: Hand, replicas: number): Promise<LeverReading> {
  const reading = await readLever(kubernetes, change);
  if (reading.value === replicas) return reading;
  const found = `${reading.value} while ${replicas} were waited for`;
  throw new MendloopError('TargetChanged', `${nameOwners(reading)} has set ${nameTarget(change.target)} to ${found}`);
}

/** Rejects when another hand has moved the lever; an API server that is away says nothing about that. */
async function untilMoved(
  kubernetes: KubernetesClient,
  change: Hand,
  replicas: number,
  signal: AbortSignal,
): Promise<never> {
  for (;;) {
    await pause(LOOK_MS, signal);
    signal.throwIfAborted();
    try {
      await leverAt(kubernetes, change, replicas);
    } catch (error) {
      if (!(error instanceof MendloopError && isRetryable(error.type))) throw error;
    }
  }
}

async function stands(kubernetes: KubernetesClient, request: StandingRequest): Promise<Standing> {
  const hand = changeOf(request);
  const expected = request.value ?? hand.to;
  let reading: LeverReading;
  try {
    reading = await readLever(kubernetes, hand);
  } catch (error) {
    if (isGone(error)) return { status: 'gone', text: goneText(request.planned) };
    throw error;
  }
  // Another value that is ours alone is a later step of the same remediation.
  const hasMoved = reading.value !== expected && !isOurs(reading, hand);
  // It was put back and set anew: between the two, what was measured was not our doing.
  const isAnew = reading.value === expected && request.result.changed && isTakenOver(reading, hand);
  const what = isAnew ? `moved it since, and set ${reading.value} anew` : `set ${reading.value}`;
  if (hasMoved || isAnew) return movedBy(reading, { expected, what });
  // The minimum stands, and is not heeded: at zero replicas an autoscaler does nothing. Any other number it puts right.
  const { replicas } = reading;
  if (hand.lever.kind !== 'replicas' && replicas.value === 0 && reading.value > 0) {
    return movedBy(replicas, { expected: reading.value, what: 'switched the workload off' });
  }
  return { status: 'stands' };
}

function movedBy(
  found: Pick<LeverReading, 'value' | 'owners'>,
  { expected, what }: { readonly expected: number; readonly what: string },
): Standing {
  const by = nameOwners(found);
  return {
    status: 'moved',
    text: `${by} has ${what} where we had set ${expected}`,
    ...{ expected: String(expected), found: String(found.value), by },
    ...defined({ byRemediations: isMendloops(found) ? found.value : undefined }),
  };
}

function undoResult(
  result: RestoreResult,
  { planned, hasActed, to }: { readonly planned: PlannedChange; readonly hasActed: boolean; readonly to: number },
): UndoResult {
  switch (result.status) {
    case 'restored': {
      const { status, before, after } = result;
      return { status, text: `Put back ${before} -> ${after}`, moved: movement(planned, before, after) };
    }
    case 'nothing_to_undo': {
      const { status, found, by } = result;
      const text = hasActed
        ? `We had set ${to}, and ${by} has put it back to ${found} already`
        : `It stands at ${found}, as before`;
      return { status, text };
    }
    case 'left_alone': {
      const { status, found, by, expected } = result;
      const text = `Left at ${found}, which ${by} has set after our ${expected}`;
      return { status, text, expected: String(expected), found: String(found), by };
    }
    case 'gone':
      return { status: 'gone', text: goneText(planned) };
  }
}

function goneText({ target }: PlannedChange): string {
  return `${nameTarget(target)} is gone, or was created anew: nothing of ours is left`;
}
