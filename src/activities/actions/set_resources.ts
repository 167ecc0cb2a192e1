import { diffObjects } from '../../clients/kubernetes/diff-objects.ts';
import type { JsonPatch, KubernetesClient } from '../../clients/kubernetes/kubernetes-client.ts';
import { isOurs, isTakenOver, nameOwners } from '../../clients/kubernetes/lever.ts';
import { largestNode, listBounds } from '../../clients/kubernetes/resource-bounds.ts';
import { isGone } from '../../clients/kubernetes/restore-scale.ts';
import {
  awaitRollout,
  changeWorkload,
  inspectTemplate,
  pointer,
  previewWorkload,
  readTemplate,
  TEMPLATE_PATH,
} from '../../clients/kubernetes/template-workload.ts';
import type { EffectResult, Standing, UndoResult } from '../../domain/actions/effects.ts';
import { pathOwners } from '../../domain/actions/field-owners.ts';
import {
  type ResourceMove,
  type SetResourcesChange,
  setResourcesChangeSchema,
  type SetResourcesSeen,
} from '../../domain/actions/set_resources/change.ts';
import type { SetResourcesParameters } from '../../domain/actions/set_resources/parameters.ts';
import { movementOf } from '../../domain/actions/set_resources/set-resources.ts';
import { shownTemplate } from '../../domain/actions/template-changes.ts';
import {
  requireLeft,
  requireRollsOut,
  templateFacts,
  type TemplateObject,
} from '../../domain/actions/template-facts.ts';
import type { PodSpecLike } from '../../domain/cost/pod-requests.ts';
import { defined } from '../../domain/defined.ts';
import { MendloopError } from '../../domain/failures.ts';
import { nameTarget } from '../../domain/target/name-target.ts';
import { countOf } from '../../domain/text/count-of.ts';
import { templateHand, type TemplateHand, templateMarks } from '../template-marks.ts';
import type { ActionEffects } from './contract.ts';

/** Moves requests and limits of one container of a template: compare-and-set of each value, in one patch. */
export function createSetResourcesEffects({
  kubernetes,
}: {
  readonly kubernetes: KubernetesClient;
}): ActionEffects<SetResourcesParameters, SetResourcesSeen> {
  async function stands(hand: Hand): Promise<Standing> {
    const name = nameTarget(hand.target);
    try {
      const reading = readResources(await readTemplate(kubernetes, hand), hand);
      const [expected, found] = [valuesOf(hand, 'to'), reading.text];
      if (reading.at === 'to' && !isTakenOver(reading, hand)) return { status: 'stands' };
      const by = nameOwners(reading);
      return {
        status: 'moved',
        text: `${by} has set ${found} of ${name} where we had set ${expected}`,
        expected,
        found,
        by,
      };
    } catch (error) {
      if (isGone(error)) return { status: 'gone', text: `${name} is gone, or was created anew` };
      throw error;
    }
  }

  async function undo(hand: Hand): Promise<UndoResult> {
    const name = nameTarget(hand.target);
    const moved = firstMove(hand);
    const restored = {
      status: 'restored',
      text: `Put back ${valuesOf(hand, 'from')} of ${name}`,
      moved: { ...moved, before: moved.after, after: moved.before },
    } as const;
    try {
      return await changeWorkload<UndoResult>(kubernetes, hand, (object) => {
        const reading = readResources(object, hand);
        const by = nameOwners(reading);
        if (reading.at === 'from') {
          const text = `${name} has ${reading.text}, as before`;
          return { result: isOurs(reading, hand) ? restored : { status: 'nothing_to_undo', text } };
        }
        if (reading.at === 'to' && isOurs(reading, hand))
          return { patch: setting(object, hand, 'from'), result: restored };
        const text = `Left ${reading.text} of ${name}, which ${by} has set`;
        return { result: { status: 'left_alone', text, expected: valuesOf(hand, 'to'), found: reading.text, by } };
      });
    } catch (error) {
      if (isGone(error))
        return { status: 'gone', text: `${name} is gone, or was created anew: nothing of ours is left` };
      throw error;
    }
  }

  return {
    async inspect({ target }) {
      const [{ object, ...seen }, bounds, largest] = await Promise.all([
        inspectTemplate(kubernetes, target),
        listBounds(kubernetes, target.namespace),
        largestNode(kubernetes),
      ]);
      return { ...seen, bounds, pod: object.spec?.template?.spec ?? {}, ...defined({ largestNode: largest }) };
    },

    async preview(planned) {
      const hand = read({ remediationId: 'dry/run', planned });
      const { now, next } = await previewWorkload(kubernetes, hand, (object) => {
        requireFrom(readResources(object, hand), hand);
        return setting(object, hand, 'to');
      });
      return { moves: firstMove(hand), diff: diffObjects(shown(hand, now), shown(hand, next)) };
    },

    start: async ({ remediationId, planned }) => {
      const hand = read({ remediationId, planned });
      return changeWorkload(kubernetes, hand, (object) => {
        const reading = readResources(object, hand);
        if (reading.at === 'to') return { result: resultOf(hand, isOurs(reading, hand)) };
        requireFrom(reading, hand);
        // What was judged in the plan may have been long ago.
        const facts = templateFacts(hand.target.kind, object);
        requireRollsOut(hand.target, facts);
        requireLeft(hand.target, facts, hand.change.minReadyPeers);
        return { patch: setting(object, hand, 'to'), result: resultOf(hand, true) };
      });
    },

    async done({ remediationId, planned }) {
      const hand = read({ remediationId, planned });
      const reading = readResources(await readTemplate(kubernetes, hand), hand);
      return reading.at === 'to' && isOurs(reading, hand) ? resultOf(hand, true) : undefined;
    },

    async observe({ remediationId, planned, deadlineAt }, signal) {
      const hand = read({ remediationId, planned });
      const { complaints } = hand.change;
      const name = nameTarget(hand.target);
      const check = (object: TemplateObject) => {
        const reading = readResources(object, hand);
        if (reading.at === 'to') return;
        throw new MendloopError('TargetChanged', `${nameOwners(reading)} has set ${reading.text} of ${name} meanwhile`);
      };
      const { ready } = await awaitRollout(kubernetes, { ...hand, complaints, deadlineAt, check }, signal);
      const text = `${countOf(ready, 'ready Pod')} of ${name} with ${valuesOf(hand, 'to')}`;
      return { text, readings: [{ name: 'ready Pods', text: String(ready), value: ready }] };
    },

    undo: ({ remediationId, planned }) => undo(read({ remediationId, planned })),
    stands: ({ remediationId, planned }) => stands(read({ remediationId, planned })),

    ...templateMarks({ kubernetes }),
  };
}

type Hand = TemplateHand<SetResourcesChange>;

const read = templateHand(setResourcesChangeSchema);

function firstMove({ change: { moves } }: Hand) {
  const [first] = moves;
  if (first === undefined) throw new MendloopError('Internal', 'a change of resources that moves nothing');
  return movementOf(first);
}

function resultOf(hand: Hand, changed: boolean): EffectResult {
  const values = valuesOf(hand, 'to');
  const text = changed ? `Set ${values} of container ${hand.change.container}` : `It has ${values} by another hand`;
  return { changed, text, moved: firstMove(hand), handle: {} };
}

/** `limits of memory 256Mi` */
function valuesOf({ change: { moves } }: Hand, end: 'from' | 'to'): string {
  return moves.map((move) => `${move.of} of ${move.resource} ${move[end]}`).join(', ');
}

interface ResourcesReading {
  /** Where all values stand; absent: neither here nor there. */
  readonly at?: 'from' | 'to';
  readonly text: string;
  /** Who set them. */
  readonly owners: readonly string[];
}

function readResources(object: TemplateObject, hand: Hand): ResourcesReading {
  const { container, moves } = hand.change;
  const found = containerOf(object, hand);
  const valueOf = ({ of, resource }: ResourceMove) => found?.value.resources?.[of]?.[resource] ?? 'none';
  const isAt = (end: 'from' | 'to') => moves.every((move) => valueOf(move) === move[end]);
  const spec = [...TEMPLATE_PATH, 'f:spec', 'f:containers', `k:{"name":"${container}"}`, 'f:resources'];
  const owners = moves.flatMap(({ of, resource }) =>
    pathOwners(object.metadata?.managedFields, [...spec, `f:${of}`, `f:${resource}`]),
  );
  return defined({
    at: isAt('to') ? ('to' as const) : isAt('from') ? ('from' as const) : undefined,
    text: moves.map((move) => `${move.of} of ${move.resource} ${valueOf(move)}`).join(', '),
    owners: [...new Set(owners)],
  });
}

function containerOf({ spec }: TemplateObject, { change: { container } }: Hand) {
  const { containers = [] } = (spec?.template?.spec ?? {}) as PodSpecLike;
  const index = containers.findIndex(({ name }) => name === container);
  const value = containers[index];
  return value && { index, value };
}

/** @throws MendloopError `TargetChanged` if the values are not those that were judged. */
function requireFrom(reading: ResourcesReading, hand: Hand): void {
  if (reading.at === 'from') return;
  throw new MendloopError(
    'TargetChanged',
    `it had ${valuesOf(hand, 'from')}, ${nameOwners(reading)} has set ${reading.text} meanwhile`,
  );
}

function setting(object: TemplateObject, hand: Hand, end: 'from' | 'to'): JsonPatch {
  const index = containerOf(object, hand)?.index ?? 0;
  return hand.change.moves.map(({ of, resource, ...move }) => ({
    op: 'add',
    path: pointer('spec', 'template', 'spec', 'containers', index, 'resources', of, resource),
    value: move[end],
  }));
}

function shown({ target: { kind } }: Hand, { metadata, spec }: TemplateObject) {
  return { kind, metadata: { ...metadata }, spec: { template: shownTemplate(spec?.template ?? {}) } };
}
