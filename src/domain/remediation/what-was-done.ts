import type { UndoResult } from '../actions/effects.ts';
import type { Movement } from '../actions/readings.ts';
import { defined } from '../defined.ts';
import type { RemediationStatus } from './remediation.ts';

/** What was done to a target and what became of it, in words: never what the last look found alone. */
export interface Deed {
  /** As the action tells it, `Evicted 12 Pods`; absent where nothing was done, or its answer was never heard. */
  readonly effect?: string;
  /** The number that it moved, where it moved one. */
  readonly moved?: Movement;
  /** What the undo found and did; absent where there was none. */
  readonly undo?: string;
}

export function deedOf({ effect, compensation }: Pick<RemediationStatus, 'effect' | 'compensation'>): Deed {
  return defined({
    effect: effect?.text,
    moved: effect?.changed === true ? effect.moved : undefined,
    undo: compensation && describeUndo(compensation),
  });
}

/** Says what we had set and by whom it was changed, where it was not we who changed it last. */
export function describeUndo(undo: UndoResult): string {
  if (undo.status !== 'left_alone') return undo.text;
  return `Left alone: we had set ${undo.expected}, ${undo.by} has changed it since, and it is ${undo.found} now`;
}

/** `2 → 5`, `120 → 0 Pods`. */
export function describeMovement({ before, after, unit = '' }: Omit<Movement, 'name'>, arrow = '→'): string {
  return `${before} ${arrow} ${after} ${unit}`.trimEnd();
}
