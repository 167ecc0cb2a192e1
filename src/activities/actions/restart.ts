import { diffObjects } from '../../clients/kubernetes/diff-objects.ts';
import type { KubernetesClient } from '../../clients/kubernetes/kubernetes-client.ts';
import { restartedBy, restartPatch } from '../../clients/kubernetes/restart-template.ts';
import { isGone } from '../../clients/kubernetes/restore-scale.ts';
import {
  awaitRollout,
  changeWorkload,
  fingerprint,
  inspectTemplate,
  otherHand,
  previewWorkload,
  readTemplate,
} from '../../clients/kubernetes/template-workload.ts';
import type { EffectResult } from '../../domain/actions/effects.ts';
import {
  type RestartChange,
  restartChangeSchema,
  RESTARTED_BY,
  type RestartHandle,
  restartHandleSchema,
} from '../../domain/actions/restart/change.ts';
import type { RestartParameters } from '../../domain/actions/restart/parameters.ts';
import { requireRestartable } from '../../domain/actions/restart/restart.ts';
import { templateFacts, type TemplateObject } from '../../domain/actions/template-facts.ts';
import type { TemplateSeen } from '../../domain/actions/template-seen.ts';
import { MendloopError } from '../../domain/failures.ts';
import { nameTarget } from '../../domain/target/name-target.ts';
import { countOf } from '../../domain/text/count-of.ts';
import { templateHand, type TemplateHand, templateMarks } from '../template-marks.ts';
import type { ActionEffects } from './contract.ts';

/** Names in the preview what is never stored. */
const DRY_RUN = 'dry/run';

/** Restarts a workload by an annotation of its template: compare-and-set, once for each remediation. */
export function createRestartEffects({
  kubernetes,
}: {
  readonly kubernetes: KubernetesClient;
}): ActionEffects<RestartParameters, TemplateSeen> {
  return {
    inspect: async ({ target }) => {
      const { object: _, ...seen } = await inspectTemplate(kubernetes, target);
      return seen;
    },

    async preview(planned) {
      const hand = read({ remediationId: DRY_RUN, planned });
      const { now, next } = await previewWorkload(kubernetes, hand, (object) => {
        requireSame(object, hand);
        return restartPatch(object, hand.remediationId);
      });
      return { diff: diffObjects(shown(hand, now), shown(hand, next)) };
    },

    start: async ({ remediationId, planned }) => {
      const hand = read({ remediationId, planned });
      return changeWorkload(kubernetes, hand, (object) => {
        if (isRestarted(object, hand)) return { result: restarted(hand, fingerprint(object.spec?.template)) };
        requireSame(object, hand);
        // What was judged in the plan may have been long ago.
        requireRestartable(hand.target, templateFacts(hand.target.kind, object), hand.change.minReadyPeers);
        const template = fingerprint(withAnnotation(object, hand));
        return { patch: restartPatch(object, hand.remediationId), result: restarted(hand, template) };
      });
    },

    async done({ remediationId, planned }) {
      const hand = read({ remediationId, planned });
      const object = await readTemplate(kubernetes, hand);
      return isRestarted(object, hand) ? restarted(hand, fingerprint(object.spec?.template)) : undefined;
    },

    async observe({ remediationId, planned, result, deadlineAt }, signal) {
      const hand = read({ remediationId, planned });
      const { complaints } = hand.change;
      const check = (object: TemplateObject) => {
        const by = takenBy(object, hand, result);
        if (by === undefined) return;
        throw new MendloopError(
          'TargetChanged',
          `${by} has changed the template of ${nameTarget(hand.target)} meanwhile`,
        );
      };
      const { ready } = await awaitRollout(kubernetes, { ...hand, complaints, deadlineAt, check }, signal);
      const text = `${countOf(ready, 'ready Pod')} of ${nameTarget(hand.target)}, all new`;
      return { text, readings: [{ name: 'ready Pods', text: String(ready), value: ready }] };
    },

    undo: ({ planned: { target }, result }) => {
      const name = nameTarget(target);
      const text =
        result?.changed === false ? `${name} was not restarted by us` : `restarting ${name} cannot be undone`;
      return Promise.resolve({ status: 'nothing_to_undo', text });
    },

    async stands({ remediationId, planned, result }) {
      const hand = read({ remediationId, planned });
      const name = nameTarget(hand.target);
      try {
        const by = takenBy(await readTemplate(kubernetes, hand), hand, result);
        if (by === undefined) return { status: 'stands' };
        const text = `${by} has changed the template of ${name} after we had restarted it`;
        return { status: 'moved', text, expected: 'the restarted template', found: 'another template', by };
      } catch (error) {
        if (isGone(error)) return { status: 'gone', text: `${name} is gone, or was created anew` };
        throw error;
      }
    },

    ...templateMarks({ kubernetes }),
  };
}

type Hand = TemplateHand<RestartChange>;

const read = templateHand(restartChangeSchema);

function restarted({ target }: Hand, template: string): EffectResult {
  const handle: RestartHandle = { template };
  return { changed: true, text: `Restarted ${nameTarget(target)}`, handle };
}

function isRestarted(object: TemplateObject, { remediationId }: Hand): boolean {
  return restartedBy(object) === remediationId;
}

/** @throws MendloopError `TargetChanged` if the template is not the one that was judged. */
function requireSame(object: TemplateObject, hand: Hand): void {
  if (fingerprint(object.spec?.template) === hand.change.template) return;
  const by = otherHand(object, hand);
  throw new MendloopError('TargetChanged', `${by} has changed the template of ${nameTarget(hand.target)} meanwhile`);
}

/** Who has changed the template since; undefined: it is as it was set. */
function takenBy(object: TemplateObject, hand: Hand, result: EffectResult): string | undefined {
  const set = restartHandleSchema.parse(result.handle).template;
  return fingerprint(object.spec?.template) === set ? undefined : otherHand(object, hand);
}

function withAnnotation({ spec }: TemplateObject, { remediationId }: Hand) {
  const { template = {} } = spec ?? {};
  const annotations = { ...template.metadata?.annotations, [RESTARTED_BY]: remediationId };
  return { ...template, metadata: { ...template.metadata, annotations } };
}

/** Without what a Pod's environment may hold. */
function shown({ target: { kind } }: Hand, { metadata, spec }: TemplateObject) {
  const restartedBy = spec?.template?.metadata?.annotations?.[RESTARTED_BY];
  const annotations = restartedBy === undefined ? {} : { [RESTARTED_BY]: restartedBy };
  return { kind, metadata: { ...metadata }, spec: { template: { metadata: { annotations } } } };
}
