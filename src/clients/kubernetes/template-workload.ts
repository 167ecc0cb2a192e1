import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { V1ObjectMeta } from '@kubernetes/client-node';
import { fieldManager, type FieldPath, fieldSetAt, lastWriter } from '../../domain/actions/field-owners.ts';
import { hasSeen } from '../../domain/target/said-of-object.ts';
import { TEMPLATE_KINDS, templateFacts, type TemplateObject } from '../../domain/actions/template-facts.ts';
import { judgeTemplateRollout } from '../../domain/actions/template-rollout.ts';
import type { TemplateSeen } from '../../domain/actions/template-seen.ts';
import { canonicalJson, type JsonValue } from '../../domain/audit/canonical-json.ts';
import { defined } from '../../domain/defined.ts';
import { MendloopError } from '../../domain/failures.ts';
import { nameTarget } from '../../domain/target/name-target.ts';
import type { Target } from '../../domain/target/target.ts';
import { awaitObject, type Look, type WatchedObject } from './await-object.ts';
import { followControllers, type KnownKinds } from './follow-controllers.ts';
import { HELD_BY } from './hold-target.ts';
import type { JsonPatch, KubernetesClient } from './kubernetes-client.ts';
import { isFailedPatch } from './kubernetes-failure.ts';
import { makesPods, podMakerPath, podMakersPath } from './workload.ts';

/** A workload whose template is changed, in the hands of one remediation: the key of idempotence is both IDs. */
export interface WorkloadHand {
  readonly remediationId: string;
  readonly target: Target;
  readonly uid: string;
}

export const TEMPLATE_PATH: FieldPath = ['f:spec', 'f:template'];

const KNOWN: KnownKinds = { includes: makesPods, path: podMakerPath, have: 'template for Pods' };

/** As the API gives it; the metadata's times are texts. */
type ApiTemplateObject = TemplateObject & { readonly metadata?: V1ObjectMeta };

/** A template is the same, or another one; nothing can be read out of it. */
export function fingerprint(value: unknown): string {
  return createHash('sha256')
    .update(canonicalJson((value ?? null) as JsonValue))
    .digest('hex')
    .slice(0, 32);
}

/**
 * The workload as it is now. A Pod is resolved to the workload that controls it.
 *
 * @throws MendloopError `TargetNotFound`; `TargetUnsupported` where the chain ends at a kind that rolls no template out.
 */
export async function inspectTemplate(
  kubernetes: KubernetesClient,
  wanted: Target,
): Promise<TemplateSeen & { readonly object: TemplateObject }> {
  if (wanted.cluster !== kubernetes.cluster) {
    throw new MendloopError('TargetUnsupported', `cluster ${wanted.cluster} is not ${kubernetes.cluster}`);
  }
  const {
    target,
    workload: object,
    objects,
  } = await onceSeen(() => followControllers<ApiTemplateObject>(kubernetes, wanted, KNOWN));
  if (!TEMPLATE_KINDS.some((kind) => kind === target.kind)) {
    throw new MendloopError('TargetUnsupported', `${nameTarget(target)} rolls no new template out to its Pods`);
  }
  if (object.metadata?.uid === undefined || object.metadata.deletionTimestamp !== undefined) {
    throw new MendloopError('TargetNotFound', `${nameTarget(target)} is being deleted`);
  }
  return {
    ...{ target, object, objects },
    facts: templateFacts(target.kind, object),
    template: fingerprint(object.spec?.template),
    ...defined({ heldBy: object.metadata.annotations?.[HELD_BY] }),
  };
}

/** A controller sees a change, a mark of ours among them, within milliseconds; until then its status is of another time. */
async function onceSeen<T extends { readonly workload: TemplateObject }>(look: () => Promise<T>): Promise<T> {
  let found = await look();
  for (let looks = 1; looks < MAX_UNSEEN && !hasSeen(found.workload); looks += 1) {
    await sleep(UNSEEN_MS);
    found = await look();
  }
  return found;
}

const UNSEEN_MS = 250;
const MAX_UNSEEN = 8;

/** @throws MendloopError `TargetNotFound`; `TargetReplaced` if the workload of that name is another one. */
export async function readTemplate(
  kubernetes: KubernetesClient,
  { target, uid }: Pick<WorkloadHand, 'target' | 'uid'>,
): Promise<TemplateObject> {
  const object = await kubernetes.get<TemplateObject>(podMakerPath(target));
  if (object.metadata?.uid !== uid) throw new MendloopError('TargetReplaced', `${nameTarget(target)} was created anew`);
  return object;
}

/** Looks at a workload that keeps changing; more of them are the retry policy's, which waits longer each time. */
const MAX_LOOKS = 4;

/**
 * Reads, judges and patches what was read and nothing newer: compare-and-set. What has changed in between is judged again.
 *
 * @throws MendloopError `TargetNotFound`, `TargetReplaced`, `KubernetesThrottled`, what `judge` throws.
 */
export async function changeWorkload<T>(
  kubernetes: KubernetesClient,
  hand: WorkloadHand,
  judge: (object: TemplateObject) => { readonly patch?: JsonPatch; readonly result: T },
): Promise<T> {
  for (let look = 0; look < MAX_LOOKS; look += 1) {
    const object = await readTemplate(kubernetes, hand);
    const { patch, result } = judge(object);
    if (patch === undefined) return result;
    try {
      await kubernetes.jsonPatch(podMakerPath(hand.target), guarded(object, patch), query(hand));
      return result;
    } catch (error) {
      if (!isFailedPatch(error) && !isConflict(error)) throw error;
    }
  }
  throw keepsChanging(hand);
}

/** What the workload would be after a patch, as the API server says; nothing is changed. */
export async function previewWorkload(
  kubernetes: KubernetesClient,
  hand: Pick<WorkloadHand, 'target' | 'uid'>,
  judge: (object: TemplateObject) => JsonPatch,
): Promise<{ readonly now: TemplateObject; readonly next: TemplateObject }> {
  for (let look = 0; look < MAX_LOOKS; look += 1) {
    const now = await readTemplate(kubernetes, hand);
    const query = { fieldValidation: 'Strict' };
    try {
      const patch = guarded(now, judge(now));
      return { now, next: await kubernetes.previewJsonPatch<TemplateObject>(podMakerPath(hand.target), patch, query) };
    } catch (error) {
      if (!isFailedPatch(error)) throw error;
    }
  }
  throw keepsChanging(hand);
}

function keepsChanging({ target }: Pick<WorkloadHand, 'target'>): MendloopError {
  return new MendloopError('KubernetesThrottled', `${nameTarget(target)} keeps changing; trying again`);
}

function guarded({ metadata }: TemplateObject, patch: JsonPatch): JsonPatch {
  return [
    { op: 'test', path: '/metadata/uid', value: metadata?.uid },
    { op: 'test', path: '/metadata/resourceVersion', value: metadata?.resourceVersion },
    ...patch,
  ];
}

function query({ remediationId }: WorkloadHand) {
  return { fieldManager: fieldManager(remediationId), fieldValidation: 'Strict' };
}

/** Two patches that meet: the API server's 409. */
function isConflict(error: unknown): boolean {
  return error instanceof MendloopError && error.type === 'TargetChanged';
}

/** `/spec/template/metadata/annotations/mendloop.dev~1restarted-by` */
export function pointer(...steps: readonly (string | number)[]): string {
  return steps.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** Who wrote last in the template, other than this remediation, for people. */
export function otherHand({ metadata }: TemplateObject, hand: Pick<WorkloadHand, 'remediationId'>): string {
  const but = fieldManager(hand.remediationId);
  return lastWriter(metadata?.managedFields, { path: TEMPLATE_PATH, but }) ?? 'an unknown hand';
}

export interface AwaitedRollout extends WorkloadHand {
  readonly complaints: readonly string[];
  /** Milliseconds since the epoch. */
  readonly deadlineAt: number;
  /** Is called at each look, before it is judged. @throws MendloopError. */
  readonly check: (object: TemplateObject) => void | Promise<void>;
  /** Milliseconds after which is looked again also where the workload has not changed; absent: its changes tell enough. */
  readonly atLeastEveryMs?: number;
}

/**
 * Waits until every Pod is of the newest template and available; at the deadline it is enough that they are ready.
 *
 * @throws MendloopError `EffectFailed`, `EffectTimedOut`, `TargetReplaced`, `TargetNotFound`, what `check` throws; the
 * signal's reason when it is aborted.
 */
export async function awaitRollout(
  kubernetes: KubernetesClient,
  rollout: AwaitedRollout,
  signal: AbortSignal,
): Promise<{ readonly ready: number }> {
  const { target, uid, complaints, deadlineAt, remediationId } = rollout;
  const name = nameTarget(target);
  const look = async (watched: WatchedObject): Promise<Look<number>> => {
    const object = watched as TemplateObject;
    if (object.metadata?.uid !== uid) throw new MendloopError('TargetReplaced', `${name} was created anew`);
    await rollout.check(object);
    const { managedFields } = object.metadata;
    const at = fieldSetAt(managedFields, { field: 'template', manager: fieldManager(remediationId) });
    const verdict = judgeTemplateRollout(target.kind, object, defined({ at, complaints }));
    if (verdict.status === 'complete') return { done: true, result: verdict.ready };
    if (verdict.status === 'failed') throw new MendloopError('EffectFailed', `${name}: ${verdict.detail}`);
    return defined({ done: false as const, detail: verdict.detail, atLast: verdict.serving });
  };
  const path = podMakerPath(target);
  const { atLeastEveryMs } = rollout;
  const awaited = defined({ target, deadlineAt, path, collection: podMakersPath(target), atLeastEveryMs });
  return { ready: await awaitObject(kubernetes, awaited, { look, signal }) };
}
