import { deleteStuckPods } from '../../clients/kubernetes/delete-stuck-pods.ts';
import { diffObjects } from '../../clients/kubernetes/diff-objects.ts';
import { markingPatch, markOf } from '../../clients/kubernetes/hold-target.ts';
import type { JsonPatch, KubernetesClient } from '../../clients/kubernetes/kubernetes-client.ts';
import { isGone } from '../../clients/kubernetes/restore-scale.ts';
import { listRevisions, newestRevision, plainTemplate, readRevision } from '../../clients/kubernetes/revisions.ts';
import {
  awaitRollout,
  changeWorkload,
  fingerprint,
  inspectTemplate,
  otherHand,
  previewWorkload,
  readTemplate,
} from '../../clients/kubernetes/template-workload.ts';
import type { EffectResult, Standing, UndoResult } from '../../domain/actions/effects.ts';
import {
  type RollbackChange,
  rollbackChangeSchema,
  ROLLBACK_MARK,
  RollbackMark,
  type RollbackSeen,
} from '../../domain/actions/rollback_release/change.ts';
import type { RollbackParameters } from '../../domain/actions/rollback_release/parameters.ts';
import { requireRollbackHelps } from '../../domain/actions/rollback_release/rollback-release.ts';
import { shownTemplate, templateChanges } from '../../domain/actions/template-changes.ts';
import { type PodTemplate, templateFacts, type TemplateObject } from '../../domain/actions/template-facts.ts';
import { releasedTemplate, unsizedTemplate } from '../../domain/actions/template-release.ts';
import { defined } from '../../domain/defined.ts';
import { MendloopError } from '../../domain/failures.ts';
import { nameTarget } from '../../domain/target/name-target.ts';
import { countOf } from '../../domain/text/count-of.ts';
import { templateHand, type TemplateHand, templateRelease } from '../template-marks.ts';
import type { ActionEffects, MayGoOn, ObserveRequest, StandingRequest, UndoRequest } from './contract.ts';

/** Milliseconds between two looks at Pods that may be stuck. */
const STUCK_LOOK_MS = 5000;

/** Gives a workload the template of an older revision: compare-and-set, with a mark in the same patch. */
export function createRollbackReleaseEffects({
  kubernetes,
}: {
  readonly kubernetes: KubernetesClient;
}): ActionEffects<RollbackParameters, RollbackSeen> {
  /** The template of a revision, as it was judged. @throws MendloopError `RevisionUnsuitable`, `TargetReplaced`, `TargetNotFound`. */
  async function templateOf(hand: Hand, revision: RollbackChange['to']): Promise<PodTemplate> {
    const { target } = hand;
    // Its revisions go with it.
    await readTemplate(kubernetes, hand);
    try {
      const { template } = await readRevision(kubernetes, target, revision.name);
      if (fingerprint(template) === revision.template) return template;
    } catch (error) {
      if (!isGone(error)) throw error;
    }
    throw new MendloopError('RevisionUnsuitable', `revision ${revision.number} of ${nameTarget(target)} is gone`);
  }

  async function undo({ remediationId, planned, result }: UndoRequest): Promise<UndoResult> {
    const hand = read({ remediationId, planned });
    const { from, to } = hand.change;
    const name = nameTarget(hand.target);
    const restored = { status: 'restored', text: `Put ${name} back to revision ${from.number}` } as const;
    try {
      const now = await readTemplate(kubernetes, hand);
      const newer = isOurs(now, hand) && is(now, to) ? await templateOf(hand, from) : undefined;
      return await changeWorkload<UndoResult>(kubernetes, hand, (object) => {
        const by = otherHand(object, hand);
        const mark = markOf(object, hand, ROLLBACK_MARK);
        if (is(object, from)) {
          const text = `${name} is of revision ${from.number}, as before`;
          return { result: mark === RollbackMark.Undone ? restored : { status: 'nothing_to_undo', text } };
        }
        if (is(object, to) && mark === RollbackMark.RolledBack && newer !== undefined) {
          return { patch: giving(object, hand, newer, RollbackMark.Undone), result: restored };
        }
        if (is(object, to) && mark === undefined) {
          return { result: { status: 'nothing_to_undo', text: `${by} has rolled ${name} back, not we` } };
        }
        if (mark === undefined && result?.changed !== true) {
          return { result: { status: 'nothing_to_undo', text: `${name} was not rolled back by us` } };
        }
        const [expected, found] = [`revision ${to.number}`, 'another template'];
        return { result: { status: 'left_alone', text: `Left ${name} as ${by} has set it`, expected, found, by } };
      });
    } catch (error) {
      if (isGone(error))
        return { status: 'gone', text: `${name} is gone, or was created anew: nothing of ours is left` };
      throw error;
    }
  }

  async function stands({ remediationId, planned }: StandingRequest): Promise<Standing> {
    const hand = read({ remediationId, planned });
    const name = nameTarget(hand.target);
    const { to } = hand.change;
    try {
      const object = await readTemplate(kubernetes, hand);
      if (is(object, to)) return { status: 'stands' };
      const by = otherHand(object, hand);
      const text = `${by} has given ${name} another template where we had set that of revision ${to.number}`;
      return { status: 'moved', text, expected: `revision ${to.number}`, found: 'another template', by };
    } catch (error) {
      if (isGone(error)) return { status: 'gone', text: `${name} is gone, or was created anew` };
      throw error;
    }
  }

  async function observe(request: ObserveRequest, signal: AbortSignal, mayGoOn: MayGoOn) {
    const hand = read(request);
    const { from, to, complaints } = hand.change;
    const name = nameTarget(hand.target);
    const check = async (object: TemplateObject) => {
      if (!is(object, to)) {
        throw new MendloopError(
          'TargetChanged',
          `${otherHand(object, hand)} has given ${name} another template meanwhile`,
        );
      }
      if (hand.target.kind !== 'StatefulSet' || !request.result.changed || !(await mayGoOn())) return;
      await deleteStuckPods(kubernetes, { ...hand, revision: from.name });
    };
    const { deadlineAt } = request;
    // Of a Pod that is stuck, or could not be deleted just then, the StatefulSet itself tells nothing more.
    const atLeastEveryMs = hand.target.kind === 'StatefulSet' ? STUCK_LOOK_MS : undefined;
    const awaited = { ...hand, ...defined({ complaints, deadlineAt, check, atLeastEveryMs }) };
    const { ready } = await awaitRollout(kubernetes, awaited, signal);
    return {
      text: `${countOf(ready, 'ready Pod')} of ${name}, all of revision ${to.number}`,
      readings: [{ name: 'ready Pods', text: String(ready), value: ready }],
    };
  }

  return {
    async inspect({ target, parameters: { migrationLabel } }) {
      const { object, ...seen } = await inspectTemplate(kubernetes, target);
      const found = { target: seen.target, object };
      const revisions = await listRevisions(kubernetes, found);
      const now = plainTemplate(object.spec?.template ?? {});
      return {
        ...seen,
        seenAt: Date.now(),
        ...defined({ newest: newestRevision(found, revisions) }),
        revisions: revisions.map(({ template, ...revision }) => ({
          ...revision,
          template: fingerprint(template),
          release: fingerprint(releasedTemplate(template)),
          unsized: fingerprint(unsizedTemplate(template)),
          migration: marksOf(template)[migrationLabel] ?? '',
          marks: marksOf(template),
          changes: templateChanges(now, template),
        })),
      };
    },

    async preview(planned) {
      const hand = read({ remediationId: 'dry/run', planned });
      const template = await templateOf(hand, hand.change.to);
      const { now, next } = await previewWorkload(kubernetes, hand, (object) => {
        requireNewest(object, hand);
        return [{ op: 'add', path: '/spec/template', value: template }];
      });
      return { diff: diffObjects(shown(hand, now), shown(hand, next)) };
    },

    async start({ remediationId, planned }) {
      const hand = read({ remediationId, planned });
      const template = await templateOf(hand, hand.change.to);
      return changeWorkload(kubernetes, hand, (object) => {
        if (is(object, hand.change.to)) return { result: rolledBack(hand, isOurs(object, hand)) };
        requireNewest(object, hand);
        requireRollbackHelps(hand.target, templateFacts(hand.target.kind, object));
        return { patch: giving(object, hand, template, RollbackMark.RolledBack), result: rolledBack(hand, true) };
      });
    },

    async done({ remediationId, planned }) {
      const hand = read({ remediationId, planned });
      const object = await readTemplate(kubernetes, hand);
      return is(object, hand.change.to) && isOurs(object, hand) ? rolledBack(hand, true) : undefined;
    },

    observe,
    undo,
    stands,
    ...templateRelease({ kubernetes, marks: [ROLLBACK_MARK] }),
  };
}

type Hand = TemplateHand<RollbackChange>;

const read = templateHand(rollbackChangeSchema);

function rolledBack({ target, change: { to } }: Hand, isOurs: boolean): EffectResult {
  const name = nameTarget(target);
  const text = isOurs
    ? `Rolled ${name} back to revision ${to.number}`
    : `${name} is of revision ${to.number} by another hand`;
  return { changed: isOurs, text, handle: {} };
}

function is({ spec }: TemplateObject, { template }: RollbackChange['to']): boolean {
  return fingerprint(plainTemplate(spec?.template ?? {})) === template;
}

function isOurs(object: TemplateObject, hand: Hand): boolean {
  return markOf(object, hand, ROLLBACK_MARK) === RollbackMark.RolledBack;
}

/** @throws MendloopError `TargetChanged` if the template is not the one that was judged. */
function requireNewest(object: TemplateObject, hand: Hand): void {
  if (is(object, hand.change.from)) return;
  const by = otherHand(object, hand);
  throw new MendloopError('TargetChanged', `${by} has changed the template of ${nameTarget(hand.target)} meanwhile`);
}

function giving(object: TemplateObject, { remediationId }: Hand, template: PodTemplate, mark: string): JsonPatch {
  return [
    ...markingPatch(object, remediationId, { [ROLLBACK_MARK]: mark }),
    { op: 'add', path: '/spec/template', value: template },
  ];
}

/** Labels go before annotations of the same key. */
function marksOf({ metadata }: PodTemplate): Readonly<Record<string, string>> {
  return { ...metadata?.annotations, ...metadata?.labels };
}

function shown({ target: { kind } }: Hand, { metadata, spec }: TemplateObject) {
  return { kind, metadata: { ...metadata }, spec: { template: shownTemplate(spec?.template ?? {}) } };
}
