import { diffObjects } from '../clients/kubernetes/diff-objects.ts';
import {
  applyEdit,
  type Edit,
  type EditableObject,
  EDIT_MARK,
  type EditTerms,
  hasApplied,
  lookAtEdit,
  nameHand,
  previewEdit,
  type Reverted,
  revertEdit,
} from '../clients/kubernetes/edit-object.ts';
import { releaseTarget } from '../clients/kubernetes/hold-target.ts';
import type { KubernetesClient } from '../clients/kubernetes/kubernetes-client.ts';
import { objectPath } from '../clients/kubernetes/kinds.ts';
import type { PlannedChange } from '../domain/actions/contract.ts';
import type { EffectResult, Observed, Standing, UndoResult } from '../domain/actions/effects.ts';
import type { Looked } from '../domain/authority/seen-object.ts';
import { defined } from '../domain/defined.ts';
import { MendloopError } from '../domain/failures.ts';
import { nameTarget } from '../domain/target/name-target.ts';
import type { ActionEffects, InspectRequest, ObserveRequest, StandingRequest } from './actions/contract.ts';

/** What an action says of its own, where all that it does is one exact edit of one object. */
export interface EditAction<Parameters, Seen extends Looked> {
  readonly kubernetes: KubernetesClient;
  readonly inspect: (request: InspectRequest<Parameters>) => Promise<Seen>;
  readonly termsOf: (planned: PlannedChange) => EditTerms;
  /** What of the object a diff shows. */
  readonly shown: (object: EditableObject) => object;
  /** Judged once more just before the act. @throws MendloopError if it must not be done. */
  readonly mayAct?: (planned: PlannedChange) => Promise<void>;
  /** Looked at once more behind the act, so that two acts that begin at once see each other. @throws MendloopError. */
  readonly confirm?: (planned: PlannedChange) => Promise<void>;
  /** Waits until the edit has taken effect. Absent: it has at once. */
  readonly observe?: (request: ObserveRequest, signal: AbortSignal) => Promise<Observed>;
}

/** Names the field manager of what is never stored. */
const DRY_RUN = 'dry/run';

/** Effects of an action that is one edit: compare-and-set with a mark in the same patch, by UID. */
export function createEditEffects<Parameters, Seen extends Looked>(
  action: EditAction<Parameters, Seen>,
): ActionEffects<Parameters, Seen> {
  const { kubernetes, shown, termsOf } = action;
  const editOf = ({ remediationId, planned }: { remediationId: string; planned: PlannedChange }): Edit => ({
    remediationId,
    target: planned.target,
    uid: planned.uid,
    terms: termsOf(planned),
  });
  return {
    inspect: (request) => {
      const { cluster } = request.target;
      if (cluster === kubernetes.cluster) return action.inspect(request);
      throw new MendloopError('TargetUnsupported', `cluster ${cluster} is not ${kubernetes.cluster}`);
    },

    async preview(planned) {
      const { now, next } = await previewEdit(kubernetes, editOf({ remediationId: DRY_RUN, planned }));
      const diff = diffObjects(part(now, shown), part(next, shown));
      return { diff, ...defined({ moves: planned.moves }) };
    },

    async start({ remediationId, planned }) {
      const edit = editOf({ remediationId, planned });
      const changed = await applyEdit(kubernetes, edit, () => action.mayAct?.(planned) ?? Promise.resolve());
      await orRevert(kubernetes, edit, () => action.confirm?.(planned));
      return effectOf(planned, edit, changed);
    },

    async done({ remediationId, planned }) {
      const edit = editOf({ remediationId, planned });
      return (await hasApplied(kubernetes, edit)) ? effectOf(planned, edit, true) : undefined;
    },

    observe: (request, signal) =>
      action.observe?.(request, signal) ?? observeAtOnce(kubernetes, request, editOf(request)),

    async undo({ remediationId, planned, result }) {
      const edit = editOf({ remediationId, planned });
      const reverted = await revertEdit(kubernetes, edit);
      return undoResult(reverted, { planned, edit, hasActed: result?.changed !== false });
    },

    stands: (request) => stands(kubernetes, request, editOf(request)),

    release: ({ remediationId, planned: { target, uid } }) =>
      releaseTarget(kubernetes, { remediationId, uid, path: objectPath(target), marks: [EDIT_MARK] }),
  };
}

function effectOf({ target, moves }: PlannedChange, { terms: { wanted } }: Edit, changed: boolean): EffectResult {
  const name = nameTarget(target);
  const text = changed ? `Set ${wanted} of ${name}` : `${name} has ${wanted} already`;
  return { changed, text, handle: {}, ...defined({ moved: moves }) };
}

function part({ kind, metadata, ...rest }: EditableObject, shown: (object: EditableObject) => object) {
  return {
    ...shown(rest),
    kind: kind ?? '',
    metadata: defined({ namespace: metadata?.namespace, name: metadata?.name }),
  };
}

/** What must not be is taken back at once. */
async function orRevert(
  kubernetes: KubernetesClient,
  edit: Edit,
  confirm: () => Promise<void> | undefined,
): Promise<void> {
  try {
    await confirm();
  } catch (error) {
    if (error instanceof MendloopError && error.type === 'DisruptionUnsafe') await revertEdit(kubernetes, edit);
    throw error;
  }
}

/** What is set is set; that it still is so is looked at. */
async function observeAtOnce(kubernetes: KubernetesClient, { planned }: ObserveRequest, edit: Edit): Promise<Observed> {
  const side = await lookAtEdit(kubernetes, edit);
  const name = nameTarget(planned.target);
  if (side === undefined) throw new MendloopError('TargetReplaced', `${name} is gone, or was created anew`);
  if (side.at !== 'after') {
    throw new MendloopError('TargetChanged', `${nameHand(side)} has set ${side.found} of ${name} meanwhile`);
  }
  const { moves } = planned;
  const reading = moves && { name: moves.name, text: side.found, value: moves.after, ...defined({ unit: moves.unit }) };
  return { text: `${name} has ${side.found}`, readings: reading === undefined ? [] : [reading] };
}

async function stands(
  kubernetes: KubernetesClient,
  { planned, result }: StandingRequest,
  edit: Edit,
): Promise<Standing> {
  const name = nameTarget(planned.target);
  const side = await lookAtEdit(kubernetes, edit);
  if (side === undefined) return { status: 'gone', text: goneText(name) };
  const isAnew = side.at === 'after' && result.changed && side.isTakenOver;
  if (side.at === 'after' && !isAnew) return { status: 'stands' };
  const by = nameHand(side);
  const text = `${by} has set ${side.found} of ${name}${isAnew ? ' anew' : ` where we had set ${edit.terms.wanted}`}`;
  return { status: 'moved', text, expected: edit.terms.wanted, found: side.found, by };
}

function undoResult(
  reverted: Reverted,
  { planned, edit, hasActed }: { readonly planned: PlannedChange; readonly edit: Edit; readonly hasActed: boolean },
): UndoResult {
  if (reverted.status !== 'restored') return notPutBack(reverted, { edit, hasActed });
  const { moves } = planned;
  const moved = moves && { ...moves, before: moves.after, after: moves.before };
  const text = `Put ${nameTarget(planned.target)} back to what it had before ${edit.terms.wanted}`;
  return { status: 'restored', text, ...defined({ moved }) };
}

/** Why an edit was not put back. */
export function notPutBack(
  reverted: Exclude<Reverted, { status: 'restored' }>,
  { edit: { target, terms }, hasActed }: { readonly edit: Edit; readonly hasActed: boolean },
): UndoResult {
  const name = nameTarget(target);
  switch (reverted.status) {
    case 'as_before':
      return { status: 'nothing_to_undo', text: `${name} stands as before` };
    case 'left_alone': {
      const { found, by } = reverted;
      const text = `${name} is left with ${found}, which ${by} has set`;
      if (!hasActed) return { status: 'nothing_to_undo', text };
      return { status: 'left_alone', text, expected: terms.wanted, found, by };
    }
    case 'gone':
      return { status: 'gone', text: goneText(name) };
  }
}

function goneText(name: string): string {
  return `${name} is gone, or was created anew: nothing of ours is left`;
}
