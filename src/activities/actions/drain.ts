import { cordonNode, stopDraining, type Uncordoned, uncordonNode } from '../../clients/kubernetes/cordon.ts';
import { drainNode } from '../../clients/kubernetes/drain-node.ts';
import { releaseTarget } from '../../clients/kubernetes/hold-target.ts';
import { inspectNode } from '../../clients/kubernetes/inspect-node.ts';
import type { KubernetesClient } from '../../clients/kubernetes/kubernetes-client.ts';
import { isOurs, nameOwners } from '../../clients/kubernetes/lever.ts';
import { DRAIN_MARK, nodePath, readNode } from '../../clients/kubernetes/node.ts';
import { previewDrain } from '../../clients/kubernetes/preview-drain.ts';
import { isGone } from '../../clients/kubernetes/restore-scale.ts';
import type { PlannedChange } from '../../domain/actions/contract.ts';
import {
  type DrainChange,
  drainChangeSchema,
  type DrainHandle,
  drainHandleSchema,
  type DrainSeen,
} from '../../domain/actions/drain/change.ts';
import { namePods, podsToEvict } from '../../domain/actions/drain/judge-pods.ts';
import { requireNodes } from '../../domain/actions/judge-pool.ts';
import type { DrainParameters } from '../../domain/actions/drain/parameters.ts';
import type { EffectInput, EffectResult, Observed, Standing, UndoResult } from '../../domain/actions/effects.ts';
import type { PodFacts } from '../../domain/actions/pod-facts.ts';
import { Part, type SeenObject } from '../../domain/authority/seen-object.ts';
import { defined } from '../../domain/defined.ts';
import { MendloopError } from '../../domain/failures.ts';
import { nameTarget } from '../../domain/target/name-target.ts';
import type { Target } from '../../domain/target/target.ts';
import { countOf } from '../../domain/text/count-of.ts';
import type { Protection } from '../authorize.ts';
import type { ActionEffects, MayGoOn, ObserveRequest, StandingRequest } from './contract.ts';

/** Cordons a node and evicts its Pods; uncordons it if the cordon is still this remediation's. */
export function createDrainEffects({
  kubernetes,
  protection = () => Promise.resolve(undefined),
}: {
  readonly kubernetes: KubernetesClient;
  readonly protection?: Protection;
}): ActionEffects<DrainParameters, DrainSeen> {
  /** Those that came since the target was authorized: a cordon keeps no Pod away that tolerates it. */
  async function requireUnprotected(objects: readonly SeenObject[]): Promise<void> {
    const why = await protection(objects.filter(({ part }) => part === Part.Evicted));
    if (why !== undefined) throw new MendloopError('TargetProtected', `${why}: the node is not drained any further`);
  }

  return {
    inspect: ({ target }) => inspectNode(kubernetes, target),

    async preview(planned) {
      const { pods, diff } = await previewDrain(kubernetes, read(planned));
      return { moves: { name: 'Pods to evict', before: pods, after: 0 }, diff };
    },

    start: (input) => start(kubernetes, input, requireUnprotected),
    done: (input) => done(kubernetes, input),
    observe: (request, signal, mayGoOn) => observe(kubernetes, request, { signal, mayGoOn, requireUnprotected }),

    async undo({ remediationId, planned, result }) {
      const { target, uid, change } = read(planned);
      const uncordoned = await uncordonNode(kubernetes, { target, uid, remediationId });
      const hadCordoned = handleOf(result)?.cordoned ?? !change.wasCordoned;
      return undoResult(nameTarget(target), uncordoned, hadCordoned);
    },

    stands: (request) => stands(kubernetes, request),
    stop: ({ remediationId, planned: { target, uid } }) => stopDraining(kubernetes, { target, uid, remediationId }),
    release: ({ remediationId, planned: { target, uid } }) =>
      releaseTarget(kubernetes, { remediationId, uid, path: nodePath(target), marks: [DRAIN_MARK] }),
  };
}

/** @throws MendloopError `TargetProtected`. */
type RequireUnprotected = (objects: readonly SeenObject[]) => Promise<void>;

interface Planned {
  readonly target: Target;
  readonly uid: string;
  readonly change: DrainChange;
}

function read({ target, uid, change }: PlannedChange): Planned {
  return { target, uid, change: drainChangeSchema.parse(change) };
}

/** Undefined of a change that was done already: nothing was started. */
function handleOf(result: EffectResult | undefined): DrainHandle | undefined {
  return drainHandleSchema.safeParse(result?.handle).data;
}

/**
 * Cordons. What the plan was judged by is looked at once more behind the cordon: no Pod is put there any more, and two
 * drains that begin at once see each other's.
 */
async function start(
  kubernetes: KubernetesClient,
  { remediationId, planned }: Pick<EffectInput, 'remediationId' | 'planned'>,
  requireUnprotected: RequireUnprotected,
): Promise<EffectResult> {
  const { target, uid, change } = read(planned);
  const cordoned = await cordonNode(kubernetes, { target, uid, remediationId });
  try {
    const { pool, pods, objects } = await inspectNode(kubernetes, target);
    const leaving = podsToEvict(pods, change.rules);
    await requireUnprotected(objects);
    requireNodes(pool, change.pool);
    return startedWith({ target, cordoned, leaving });
  } catch (error) {
    if (error instanceof MendloopError && (error.type === 'DisruptionUnsafe' || error.type === 'TargetProtected')) {
      await uncordonNode(kubernetes, { target, uid, remediationId });
    }
    throw error;
  }
}

/** A cordon of this remediation's that stands. */
async function done(
  kubernetes: KubernetesClient,
  { remediationId, planned }: Pick<EffectInput, 'remediationId' | 'planned'>,
): Promise<EffectResult | undefined> {
  const { target, uid, change } = read(planned);
  const reading = await readNode(kubernetes, { target, uid });
  if (!reading.isCordoned || !isOurs(reading, { remediationId })) return undefined;
  const { pods } = await inspectNode(kubernetes, target);
  return startedWith({ target, cordoned: true, leaving: podsToEvict(pods, change.rules) });
}

function startedWith({
  target,
  cordoned,
  leaving,
}: {
  target: Target;
  cordoned: boolean;
  leaving: readonly PodFacts[];
}): EffectResult {
  const name = nameTarget(target);
  const pods = leaving.map(({ uid, namespace, name: pod }) => ({ uid, namespace, name: pod }));
  const handle: DrainHandle = { cordoned, pods };
  return {
    changed: cordoned || pods.length > 0,
    text: `${cordoned ? `Cordoned ${name}` : `Found ${name} cordoned`} with ${countOf(pods.length, 'Pod')} to evict`,
    moved: { name: 'Pods to evict', before: pods.length, after: 0 },
    handle,
  };
}

async function observe(
  kubernetes: KubernetesClient,
  { remediationId, planned, result, deadlineAt }: ObserveRequest,
  {
    signal,
    mayGoOn,
    requireUnprotected,
  }: { readonly signal: AbortSignal; readonly mayGoOn: MayGoOn; readonly requireUnprotected: RequireUnprotected },
): Promise<Observed> {
  const handle = handleOf(result);
  const evictedBy = handle === undefined ? undefined : remediationId;
  const draining = { ...defined({ ...read(planned), evictedBy, deadlineAt }), mayGoOn, requireUnprotected };
  const { stuck } = await drainNode(kubernetes, draining, signal);
  const evicted = handle?.pods.length ?? 0;
  const butFor = stuck.length === 0 ? '' : `, but for those that do not end: ${namePods(stuck)}`;
  return {
    text: `${nameTarget(planned.target)} is empty${butFor}`,
    readings: [
      { name: 'evicted Pods', text: String(evicted), value: evicted },
      { name: 'Pods left', text: String(stuck.length), value: stuck.length },
    ],
  };
}

async function stands(
  kubernetes: KubernetesClient,
  { remediationId, planned, result }: StandingRequest,
): Promise<Standing> {
  const name = nameTarget(planned.target);
  try {
    const reading = await readNode(kubernetes, planned);
    const isTheirs = handleOf(result)?.cordoned !== true;
    if (reading.isCordoned && (isTheirs || isOurs(reading, { remediationId }))) return { status: 'stands' };
    const found = reading.isCordoned ? 'cordoned' : 'schedulable';
    const by = reading.isCordoned ? nameOwners(reading) : 'an unknown hand';
    return { status: 'moved', text: `${by} has made ${name} ${found}`, expected: 'cordoned by us', found, by };
  } catch (error) {
    if (isGone(error)) return { status: 'gone', text: goneText(name) };
    throw error;
  }
}

function undoResult(name: string, uncordoned: Uncordoned, hadCordoned: boolean): UndoResult {
  switch (uncordoned.status) {
    case 'uncordoned':
      return { status: 'restored', text: `Uncordoned ${name}` };
    case 'schedulable': {
      const text = hadCordoned ? `${name} was uncordoned by another hand` : `${name} is not cordoned`;
      return { status: 'nothing_to_undo', text };
    }
    case 'others': {
      const by = nameOwners(uncordoned);
      const text = `${name} stays cordoned by ${by}`;
      return hadCordoned
        ? { status: 'left_alone', text, expected: 'cordoned by us', found: 'cordoned', by }
        : { status: 'nothing_to_undo', text: `${text}, as it was before` };
    }
    case 'gone':
      return { status: 'gone', text: goneText(name) };
  }
}

function goneText(name: string): string {
  return `${name} is gone, or was created anew: nothing of ours is left`;
}
