import type { PlannedChange } from '../actions/contract.ts';
import type { EffectResult, UndoResult } from '../actions/effects.ts';
import { formatTarget } from '../target/format-target.ts';
import type { PreparedPrelude } from './prepared.ts';

/** What comes before a plan's change, and what became of it. */
export type PreludeState = PreparedPrelude & {
  /** Absent: it was not done, or its answer was never heard. */
  readonly effect?: EffectResult;
  /** Absent: it has not been given back. */
  readonly undo?: UndoResult;
};

/** Undefined: there is none, or it is not needed. */
export function preludeChange(prelude: PreparedPrelude | undefined): PlannedChange | undefined {
  return prelude !== undefined && 'planned' in prelude ? prelude.planned : undefined;
}

/** Everything that is held for a change with its prelude, the target first, each as `formatTarget` gives it. */
export function objectsToHold({
  planned,
  prelude,
}: {
  readonly planned: PlannedChange;
  readonly prelude?: PreparedPrelude;
}): readonly string[] {
  const before = preludeChange(prelude);
  const changes = before === undefined ? [planned] : [planned, before];
  return [...new Set(changes.flatMap(({ target, locks }) => [formatTarget(target), ...locks]))];
}

/** Both changes on one line, for people: what is asked about, approved and told. */
export function titleWithPrelude({
  planned,
  prelude,
}: {
  readonly planned: PlannedChange;
  readonly prelude?: PreparedPrelude;
}): string {
  const before = preludeChange(prelude);
  return before === undefined ? planned.title : `${before.title}, then ${planned.title}`;
}
