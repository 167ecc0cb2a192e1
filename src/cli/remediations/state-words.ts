import type { RemediationSummary } from '../../api/remediations/remediation-summary.ts';
import type { Cell } from '../output/table.ts';

const GOOD: readonly string[] = ['remediated', 'already_healthy', 'observed', 'joined'];

/** Where a remediation stands, in a word or three: `waiting for approval`, `remediated, watching`, `rolled back`. */
export function stateWords({ state, outcome, waiting, execution }: RemediationSummary): Cell {
  const words = outcome?.replaceAll('_', ' ');
  if (state === 'running') {
    if (waiting !== undefined) return { text: `waiting for ${waiting}`, tone: 'busy' };
    return words === undefined
      ? { text: 'running', tone: 'busy' }
      : { text: `${words}, watching`, tone: toneOf(outcome) };
  }
  // Terminated or failed: there may be no outcome, or only that of a proof long before the end.
  if (execution !== 'completed' && execution !== 'cancelled')
    return { text: execution.replaceAll('_', ' '), tone: 'bad' };
  return { text: words ?? execution, tone: toneOf(outcome) };
}

function toneOf(outcome: string | undefined): 'good' | 'bad' | 'dim' {
  if (outcome === 'cancelled') return 'dim';
  return outcome !== undefined && GOOD.includes(outcome) ? 'good' : 'bad';
}
