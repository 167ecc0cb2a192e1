/** Whose Pods a budget pays for. `key` is the namespace, the team, or `all`; it names the budget's ledger. */
export interface BudgetScope {
  readonly kind: 'namespace' | 'team' | 'cluster';
  readonly key: string;
}

export interface ScopeQuestion {
  readonly kind: BudgetScope['kind'];
  readonly namespace: string;
  /** Of the target, with the team's as its ownership has it: an annotation may say what no label could. */
  readonly labels: Readonly<Record<string, string>>;
  readonly teamLabel: string;
}

/** Undefined if the labels do not say which team pays. */
export function budgetScopeOf({ kind, namespace, labels, teamLabel }: ScopeQuestion): BudgetScope | undefined {
  if (kind === 'cluster') return { kind, key: 'all' };
  if (kind === 'namespace') return { kind, key: namespace };
  const team = Object.hasOwn(labels, teamLabel) ? (labels[teamLabel] ?? '').trim() : '';
  return team === '' ? undefined : { kind, key: team };
}
