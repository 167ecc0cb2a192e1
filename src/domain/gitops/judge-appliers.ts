import type { Ownership } from '../authority/ownership.ts';
import { type AppliedBy, nameApplier, type PutsBack } from './applier.ts';

const WHEN: Readonly<Record<PutsBack, string>> = {
  next_sync: ' at its next sync (selfHeal is off)',
  next_upgrade: ' at its next upgrade (drift detection is off)',
  by_hand: ' as soon as somebody syncs or resumes it',
};

/** Why what applies an object cannot be paused, for people; undefined: it can, or heals nothing. */
export function whyNotSuspended({ appliers = [] }: Pick<Ownership, 'appliers'>): string | undefined {
  if (appliers.length === 0) return 'and what applies it names no object that could be paused';
  const found = appliers.find(({ heals, cannotPause }) => heals && cannotPause !== undefined);
  return found && `and ${nameApplier(found)} cannot be paused: ${found.cannotPause ?? ''}`;
}

/** Those that have to be paused while the object stands otherwise than Git says. */
export function toSuspend({ appliers = [] }: Pick<Ownership, 'appliers'>): AppliedBy[] {
  return appliers.filter(({ heals, cannotPause }) => heals && cannotPause === undefined);
}

/** Where a human changes it for good: `; in Git: REPOSITORY path PATH at REVISION`; empty where that is not known. */
export function whereInGit({ appliers = [] }: Pick<Ownership, 'appliers'>): string {
  const places = appliers.map((applier) => `${applier.inGit} (${nameApplier(applier)})`);
  return places.length === 0 ? '' : `; in Git: ${places.join('; ')}`;
}

/** `which would put it back at its next sync`: of several, as the one says that comes first. */
export function wouldPutBack({ appliers = [] }: Pick<Ownership, 'appliers'>): string {
  const slowly = appliers.flatMap(({ putsBack }) => putsBack ?? []);
  const isSlow = slowly.length === appliers.length;
  const soonest = slowly.find((when) => when !== 'by_hand') ?? slowly[0];
  return `which would put it back${isSlow && soonest !== undefined ? WHEN[soonest] : ''}`;
}
