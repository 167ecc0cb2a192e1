import type { Ownership } from '../authority/ownership.ts';
import { type AppliedBy, nameApplier } from './applier.ts';

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
