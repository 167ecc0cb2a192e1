import { type ConfigMap, configMapTerms } from '../../clients/kubernetes/config-map.ts';
import { diffObjects } from '../../clients/kubernetes/diff-objects.ts';
import {
  applyEdit,
  type Edit,
  EDIT_MARK,
  hasApplied,
  lookAtEdit,
  nameHand,
  previewEdit,
  revertEdit,
} from '../../clients/kubernetes/edit-object.ts';
import { releaseTarget } from '../../clients/kubernetes/hold-target.ts';
import { inspectObject } from '../../clients/kubernetes/inspect-object.ts';
import { objectPath } from '../../clients/kubernetes/kinds.ts';
import type { KubernetesClient } from '../../clients/kubernetes/kubernetes-client.ts';
import { unlessGone } from '../../clients/kubernetes/pod-workload.ts';
import { restartedBy, restartPatch } from '../../clients/kubernetes/restart-template.ts';
import { isGone } from '../../clients/kubernetes/restore-scale.ts';
import {
  awaitRollout,
  changeWorkload,
  inspectTemplate,
  otherHand,
  previewWorkload,
  readTemplate,
} from '../../clients/kubernetes/template-workload.ts';
import type { PlannedChange } from '../../domain/actions/contract.ts';
import type { EffectResult, Standing, UndoResult } from '../../domain/actions/effects.ts';
import type { PatchConfigMapParameters } from '../../domain/actions/patch_configmap/parameters.ts';
import {
  type PatchConfigMapChange,
  patchConfigMapChangeSchema,
  type PatchConfigMapSeen,
} from '../../domain/actions/patch_configmap/patch-configmap.ts';
import { readsConfigMap } from '../../domain/actions/patch_configmap/reads-config-map.ts';
import { requireRestartable } from '../../domain/actions/restart/restart.ts';
import { templateFacts, type TemplateObject } from '../../domain/actions/template-facts.ts';
import { defined } from '../../domain/defined.ts';
import { MendloopError } from '../../domain/failures.ts';
import { nameTarget } from '../../domain/target/name-target.ts';
import { countOf } from '../../domain/text/count-of.ts';
import { templateHand, type TemplateHand, templateMarks } from '../template-marks.ts';
import { notPutBack } from '../edit-effects.ts';
import type { ActionEffects } from './contract.ts';

/** Names the field manager of what is never stored. */
const DRY_RUN = 'dry/run';

/** Sets a key of a ConfigMap, then restarts the workload: two patches, each done once, the first put back exactly. */
export function createPatchConfigMapEffects({
  kubernetes,
}: {
  readonly kubernetes: KubernetesClient;
}): ActionEffects<PatchConfigMapParameters, PatchConfigMapSeen> {
  const marks = templateMarks({ kubernetes });

  /** Once for each reason: `by` is what the template names. @throws MendloopError of the API server's. */
  async function restart(
    hand: Hand,
    by: string,
    judge: (object: TemplateObject) => void = () => undefined,
  ): Promise<void> {
    await changeWorkload(kubernetes, hand, (object) => {
      if (restartedBy(object) === by) return { result: undefined };
      judge(object);
      return { patch: restartPatch(object, by), result: undefined };
    });
  }

  /** What reads the old value again is restarted, unless it is gone: then nothing of ours is left there. */
  async function restartAgain(hand: Hand): Promise<void> {
    const { remediationId } = hand;
    try {
      const by = restartedBy(await readTemplate(kubernetes, hand));
      if (by === remediationId) await restart(hand, `${remediationId}/undo`);
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }

  async function undo(hand: Hand, hasActed: boolean): Promise<UndoResult> {
    const { edit } = hand;
    const reverted = await revertEdit(kubernetes, edit);
    if (reverted.status !== 'restored') return notPutBack(reverted, { edit, hasActed });
    await restartAgain(hand);
    const text = `Put ${hand.change.key} of ${nameTarget(edit.target)} back, and restarted what reads it`;
    return { status: 'restored', text };
  }

  async function stands(hand: Hand, result: EffectResult): Promise<Standing> {
    const { edit } = hand;
    const name = nameTarget(edit.target);
    try {
      await readTemplate(kubernetes, hand);
    } catch (error) {
      if (!isGone(error)) throw error;
      return { status: 'gone', text: `${nameTarget(hand.target)} is gone, or was created anew` };
    }
    const side = await lookAtEdit(kubernetes, edit);
    if (side === undefined) return { status: 'gone', text: `${name} is gone, or was created anew` };
    if (side.at === 'after' && !(result.changed && side.isTakenOver)) return { status: 'stands' };
    const by = nameHand(side);
    const text = `${by} has set ${side.found} of ${name} where we had set ${edit.terms.wanted}`;
    return { status: 'moved', text, expected: edit.terms.wanted, found: side.found, by };
  }

  return {
    async inspect({ target: wanted, parameters: { configMap: name, key } }) {
      const { object, ...seen } = await inspectTemplate(kubernetes, wanted);
      const map = { ...seen.target, kind: 'ConfigMap', name };
      // That one is missing is said after it is known whether anything may be done here at all.
      const found = await unlessGone(inspectObject<ConfigMap>(kubernetes, map));
      return {
        ...seen,
        objects: [...seen.objects, ...(found?.base.objects ?? [])],
        isRead: readsConfigMap(object.spec?.template?.spec ?? {}, name),
        ...(found && {
          configMap: defined({
            uid: found.base.uid,
            isImmutable: found.object.immutable === true,
            value: found.object.data?.[key],
          }),
        }),
      };
    },

    async preview(planned) {
      const hand = read({ remediationId: DRY_RUN, planned });
      await previewWorkload(kubernetes, hand, (object) => restartPatch(object, DRY_RUN));
      const { now, next } = await previewEdit(kubernetes, hand.edit);
      return { diff: diffObjects(shown(hand, now), shown(hand, next)) };
    },

    async start({ remediationId, planned }) {
      const hand = read({ remediationId, planned });
      const { minReadyPeers } = hand.change;
      const judge = (object: TemplateObject) =>
        requireRestartable(hand.target, templateFacts(hand.target.kind, object), minReadyPeers);
      // What was judged in the plan may have been long ago; and what cannot be restarted is not given a new setting.
      const changed = await applyEdit(kubernetes, hand.edit, async () => judge(await readTemplate(kubernetes, hand)));
      if (changed) await restart(hand, remediationId);
      return resultOf(hand, changed);
    },

    async done({ remediationId, planned }) {
      const hand = read({ remediationId, planned });
      return (await hasApplied(kubernetes, hand.edit)) ? resultOf(hand, true) : undefined;
    },

    async observe({ remediationId, planned, result, deadlineAt }, signal) {
      const hand = read({ remediationId, planned });
      const { complaints } = hand.change;
      const name = nameTarget(hand.target);
      const check = (object: TemplateObject) => {
        if (!result.changed || restartedBy(object) === remediationId) return;
        throw new MendloopError(
          'TargetChanged',
          `${otherHand(object, hand)} has changed the template of ${name} meanwhile`,
        );
      };
      const { ready } = await awaitRollout(kubernetes, { ...hand, complaints, deadlineAt, check }, signal);
      const text = `${countOf(ready, 'ready Pod')} of ${name} with ${hand.edit.terms.wanted}`;
      return { text, readings: [{ name: 'ready Pods', text: String(ready), value: ready }] };
    },

    undo: ({ result, ...request }) => undo(read(request), result?.changed !== false),
    stands: ({ result, ...request }) => stands(read(request), result),

    hold: marks.hold,

    async release({ remediationId, planned }) {
      await marks.release({ remediationId, planned });
      const { edit } = read({ remediationId, planned });
      await releaseTarget(kubernetes, {
        ...{ remediationId, uid: edit.uid, path: objectPath(edit.target), marks: [EDIT_MARK] },
      });
    },
  };
}

interface Hand extends TemplateHand<PatchConfigMapChange> {
  readonly edit: Edit;
}

const readHand = templateHand(patchConfigMapChangeSchema);

function read(told: { remediationId: string; planned: PlannedChange }): Hand {
  const hand = readHand(told);
  const { remediationId, target, change } = hand;
  const edit: Edit = {
    remediationId,
    target: { ...target, kind: 'ConfigMap', name: change.configMap },
    uid: change.configMapUid,
    terms: configMapTerms(change),
  };
  return { ...hand, edit };
}

function resultOf({ edit, target }: Hand, changed: boolean): EffectResult {
  const map = nameTarget(edit.target);
  const text = changed
    ? `Set ${edit.terms.wanted} of ${map} and restarted ${nameTarget(target)}`
    : `${map} has ${edit.terms.wanted} by another hand`;
  return { changed, text, handle: {} };
}

function shown({ change: { key }, edit: { target } }: Hand, object: object) {
  const { kind, namespace, name } = target;
  const value = (object as ConfigMap).data?.[key];
  return { kind, metadata: { namespace, name }, data: defined({ [key]: value }) };
}
