import { ApplicationFailure } from '@temporalio/workflow';
import type { UndoResult } from '../../../domain/actions/effects.ts';
import { rungKey } from '../../../domain/ladder/ladder.ts';
import { isTransient } from '../../activity-profiles.ts';
import type { Effects } from '../effects.ts';
import { causeOf } from '../fault.ts';
import type { Lifecycle } from '../life.ts';
import { untilDone } from './until-done.ts';

/**
 * Undoes what was done, however long the API server refuses: credentials and permissions come back. `part`: keeps what is told of it apart, as
 * `prelude/`; the change itself has none.
 */
export function undoPatiently(life: Lifecycle, effects: Effects, part = ''): Promise<UndoResult> {
  const { manualUndo, title } = effects.planned;
  const { rung } = life.ladder;
  return untilDone(life, {
    attempt: () => effects.undo(),
    isHealable: (error) => isTransient(error) || isForbidden(error),
    what: `Undoing "${title}"`,
    manualCommand: manualUndo,
    occasion: `${rungKey(rung)}${part}undo-failing`,
  });
}

/** Credentials and permissions come back. */
export function isForbidden(error: unknown): boolean {
  const cause = causeOf(error);
  return cause instanceof ApplicationFailure && cause.type === 'KubernetesForbidden';
}
