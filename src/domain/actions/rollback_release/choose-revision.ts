import { defined } from '../../defined.ts';
import { MendloopError } from '../../failures.ts';
import { nameTarget } from '../../target/name-target.ts';
import type { Revision, RollbackSeen } from './change.ts';
import type { RollbackParameters } from './parameters.ts';

const DAY_MS = 86_400_000;

/**
 * The revision that a rollback leaves, and the one that it goes to.
 *
 * @throws MendloopError `RevisionUnsuitable` where there is none, or it is too old, or on the other side of a migration.
 */
export function chooseRevision(
  { toRevision, maxAgeDays, migrationLabel }: RollbackParameters,
  { target, revisions, newest, seenAt }: Pick<RollbackSeen, 'target' | 'revisions' | 'newest' | 'seenAt'>,
): { readonly from: Revision; readonly to: Revision } {
  const name = nameTarget(target);
  const unsuitable = (why: string) => new MendloopError('RevisionUnsuitable', `${name}: ${why}`);
  const { from, to } = candidates({ toRevision }, { revisions, ...defined({ newest }) });
  if (from === undefined) throw unsuitable('no revision of it is its newest template');
  if (to === undefined) throw unsuitable(`there is no revision ${toRevision ?? `before ${from.number}`}`);
  if (to.name === from.name) return { from, to };
  // Going back to what a rollback has left would bring the trouble again.
  if (toRevision === undefined && to.createdAt > from.createdAt) {
    throw unsuitable(`revision ${from.number} is older than ${to.number} before it: it was rolled back already`);
  }
  const days = Math.floor((seenAt - to.createdAt) / DAY_MS);
  if (days > maxAgeDays)
    throw unsuitable(`revision ${to.number} is ${days} days old, and the plan wants at most ${maxAgeDays}`);
  if (to.migration !== from.migration) {
    const between = `${migrationLabel} ${from.migration || '(none)'} -> ${to.migration || '(none)'}`;
    throw unsuitable(`a migration lies between revision ${from.number} and ${to.number} (${between})`);
  }
  return { from, to };
}

/**
 * The same, whether it may go there or not; undefined: there is none. Both are as old as the release that they are of, which
 * a restart makes no younger.
 */
export function candidates(
  { toRevision }: Pick<RollbackParameters, 'toRevision'>,
  { revisions, newest }: Pick<RollbackSeen, 'revisions' | 'newest'>,
): { readonly from: Revision | undefined; readonly to: Revision | undefined } {
  const from = revisions.find((revision) => revision.name === newest);
  const asIs = (revision: Revision) => asReleased(revision, revisions);
  if (toRevision === undefined && from !== undefined)
    return { from: asIs(from), to: newestBefore(asIs(from), revisions) };
  const to = revisions.find(({ number }) => number === toRevision);
  return { from: from && asIs(from), to: to && asIs(to) };
}

/** The newest of another release that was before. */
function newestBefore(from: Revision, revisions: readonly Revision[]): Revision | undefined {
  return revisions
    .filter(({ number, release }) => number < from.number && release !== from.release)
    .map((revision) => asReleased(revision, revisions))
    .filter((revision) => !isResizeTakenBack(revision, from))
    .toSorted((one, other) => other.number - one.number)[0];
}

/**
 * Other resources of the present release, younger than it and yet before it: they were tried and taken back, as the exact
 * undo of `set_resources` does. That is no release of its own, and says nothing against the release before.
 */
function isResizeTakenBack({ unsized, createdAt }: Revision, from: Revision): boolean {
  return unsized === from.unsized && createdAt > from.createdAt;
}

function asReleased(revision: Revision, revisions: readonly Revision[]): Revision {
  const ofSame = revisions.filter(({ release }) => release === revision.release);
  return { ...revision, createdAt: Math.min(...ofSame.map(({ createdAt }) => createdAt)) };
}
