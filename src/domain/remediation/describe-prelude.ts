import type { PreludeState } from './prelude-state.ts';
import { describeUndo } from './what-was-done.ts';

/** In words, with what became of it. */
export function describePrelude(prelude: PreludeState): string {
  if ('unneeded' in prelude) return `not needed: ${prelude.unneeded}`;
  const { planned, effect, undo } = prelude;
  if (effect === undefined) return undo === undefined ? planned.title : `${planned.title}; ${describeUndo(undo)}`;
  return `${effect.text}; ${undo === undefined ? 'it stands' : describeUndo(undo)}`;
}
