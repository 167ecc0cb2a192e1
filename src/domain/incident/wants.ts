import type { Decision } from '../decision.ts';
import { isPlanned } from '../decision/is-planned.ts';
import { Mode } from '../decision/mode.ts';
import { modeOf } from '../decision/mode-of.ts';

/** What a decision wants done about an alert, as far as its incident has to know. */
export const Wants = {
  /** No rule wants it, or its mode is `off`: counted, and no workflow. */
  Nothing: 'nothing',
  /** The record of what would be done. */
  Observing: 'observing',
  /** An act, or a human. */
  More: 'more',
  /** Policy could not be asked. */
  Unknown: 'unknown',
} as const;
export type Wants = (typeof Wants)[keyof typeof Wants];

export function wantsOf(decision: Decision | undefined): Wants {
  if (decision === undefined) return Wants.Unknown;
  if (decision.verdict === 'reject') return Wants.Nothing;
  if (!isPlanned(decision)) return Wants.More;
  const { mode } = modeOf(decision);
  if (mode === Mode.Off) return Wants.Nothing;
  return mode === Mode.Observe ? Wants.Observing : Wants.More;
}
