import { MendloopError } from '../failures.ts';
import { nameTarget } from '../target/name-target.ts';
import type { Seen } from './facts.ts';
import type { JudgedPrecondition, Precondition } from './precondition.ts';
import { describePrecondition, verdictOf } from './rules.ts';

/** All of them, in their order: people are told of each, not of the first that speaks against it. */
export function judgePreconditions(
  preconditions: readonly Precondition[],
  { action, seen }: { readonly action: string; readonly seen: Seen },
): JudgedPrecondition[] {
  return preconditions.map((wanted) => ({
    kind: wanted.kind,
    text: describePrecondition(wanted, action),
    ...verdictOf(wanted, seen),
  }));
}

/**
 * @throws MendloopError `PreconditionNotMet`, which names each that is not met and what was seen; its details are all of
 * them as they were judged.
 */
export function requirePreconditions(judged: readonly JudgedPrecondition[], { facts }: Pick<Seen, 'facts'>): void {
  const unmet = judged.filter(({ met }) => !met);
  if (unmet.length === 0) return;
  const why = unmet.map(({ kind, text, seen }) => `${kind} wants ${text}, and ${seen}`).join('; ');
  throw new MendloopError('PreconditionNotMet', `${nameTarget(facts.target)}: ${why}`, { details: [judged] });
}
