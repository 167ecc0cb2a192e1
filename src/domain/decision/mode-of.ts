import type { DecisionWords } from '../decision.ts';
import { Mode } from './mode.ts';

/** The mode that holds for a plan, and whose word it was. */
export function modeOf(decision: DecisionWords): { readonly mode: Mode; readonly source: string } {
  if (decision.verdict === 'observe') return { mode: Mode.Observe, source: 'policy' };
  return decision.effectiveMode ?? { mode: decision.mode, source: 'policy' };
}
