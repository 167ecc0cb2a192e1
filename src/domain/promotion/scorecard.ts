import { quantile } from '../evidence/statistics.ts';
import { Mode } from '../decision/mode.ts';
import { Outcome } from '../remediation/outcome.ts';
import { wilsonLowerBound } from './wilson.ts';

/** A remediation that has ended, as visibility knows it. Times in milliseconds since the epoch. */
export interface PastRemediation {
  readonly rule: string;
  /** Absent: it was terminated, failed or timed out, and nobody knows what became of it. */
  readonly outcome?: Outcome;
  /** The mode that held; absent where there was no plan. */
  readonly mode?: Mode;
  /** `none`, or absent: there was nothing that it would have done. */
  readonly action?: string;
  readonly startedAt: number;
  readonly closedAt: number;
  /** From its start to the proof of its cure. */
  readonly cureSeconds?: number;
}

/** What became of a remediation, as far as its rule is to be judged by it. */
export type Fate =
  | 'would_have_acted'
  | 'cured'
  | 'rolled_back'
  /** It acted, or may have, and a human had to take over; or nobody knows how it ended. */
  | 'given_up'
  | 'denied'
  /** Nothing was done, for a reason that says nothing of the rule: joined, suppressed, resolved by itself, no plan. */
  | 'no_act';

/** How a policy rule has done. Plain JSON. */
export interface Scorecard {
  readonly rule: string;
  readonly total: number;
  /** In mode `observe`. */
  readonly wouldHaveActed: number;
  /** Cured, rolled back and given up together. */
  readonly acted: number;
  readonly cured: number;
  readonly rolledBack: number;
  readonly givenUp: number;
  /** By a human or a budget. */
  readonly denied: number;
  readonly outcomes: Readonly<Partial<Record<Outcome | 'lost', number>>>;
  /** Cured of acted; null without any. */
  readonly cureRatio: number | null;
  /** What the ratio is at least, with 95 % confidence, given how few were seen. */
  readonly cureRatioAtLeast: number | null;
  /** Of the cures whose time is known; null without any. */
  readonly secondsToCure: { readonly mean: number; readonly p95: number; readonly known: number } | null;
  /** RFC 3339, of the newest. */
  readonly lastEnded: string;
}

export function fateOf({ outcome, mode, action }: PastRemediation): Fate {
  const planned = action !== undefined && action !== 'none' && (mode === Mode.Approve || mode === Mode.Auto);
  switch (outcome ?? 'lost') {
    case Outcome.Remediated:
      // What stood where the plan wanted it, or was healthy already, was not cured by the rule.
      return action === 'none' ? 'no_act' : 'cured';
    case Outcome.RolledBack:
      return 'rolled_back';
    case Outcome.Denied:
      return 'denied';
    case Outcome.Observed:
      // In another mode it was held back for want of evidence: it would not have acted.
      return mode === Mode.Observe && action !== 'none' ? 'would_have_acted' : 'no_act';
    case Outcome.Escalated:
    case Outcome.Cancelled:
    case 'lost':
      // Whether it had acted cannot be told: what cannot be told apart counts against the rule.
      return planned ? 'given_up' : 'no_act';
    case Outcome.Suppressed:
    case Outcome.Joined:
    case Outcome.Rejected:
    case Outcome.Expired:
    case Outcome.AlreadyHealthy:
      return 'no_act';
  }
}

/** Whether the rule changed something, or may have. */
export function hasActed(past: PastRemediation): boolean {
  const fate = fateOf(past);
  return fate === 'cured' || fate === 'rolled_back' || fate === 'given_up';
}

/** One scorecard for each rule that occurs, by name. Remediations that no rule decided are left out. */
export function scorecards(past: readonly PastRemediation[]): Scorecard[] {
  const byRule = Map.groupBy(past, ({ rule }) => rule);
  return [...byRule]
    .filter(([rule]) => rule !== '')
    .map(([rule, remediations]) => scorecard(rule, remediations))
    .toSorted((one, other) => (one.rule < other.rule ? -1 : 1));
}

function scorecard(rule: string, past: readonly PastRemediation[]): Scorecard {
  const count = (fate: Fate) => past.filter((one) => fateOf(one) === fate).length;
  const cured = count('cured');
  const acted = past.filter(hasActed).length;
  const outcomes = Map.groupBy(past, ({ outcome }) => outcome ?? 'lost');
  const newest = past.reduce((latest, { closedAt }) => Math.max(latest, closedAt), 0);
  return {
    rule,
    total: past.length,
    wouldHaveActed: count('would_have_acted'),
    acted,
    cured,
    rolledBack: count('rolled_back'),
    givenUp: count('given_up'),
    denied: count('denied'),
    outcomes: Object.fromEntries([...outcomes].map(([outcome, ones]) => [outcome, ones.length])),
    cureRatio: acted === 0 ? null : cured / acted,
    cureRatioAtLeast: acted === 0 ? null : wilsonLowerBound(cured, acted),
    secondsToCure: timesOf(past),
    lastEnded: new Date(newest).toISOString(),
  };
}

function timesOf(past: readonly PastRemediation[]): Scorecard['secondsToCure'] {
  const seconds = past.flatMap((one) =>
    fateOf(one) === 'cured' && one.cureSeconds !== undefined ? [one.cureSeconds] : [],
  );
  const p95 = quantile(seconds, 0.95);
  if (p95 === undefined) return null;
  return { mean: seconds.reduce((sum, each) => sum + each, 0) / seconds.length, p95, known: seconds.length };
}
