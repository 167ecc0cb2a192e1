/** Whose Pods a budget pays for. `key` is the namespace, the team, or `all`; it names the budget's ledger. */
export interface BudgetScope {
  readonly kind: 'namespace' | 'team' | 'cluster';
  readonly key: string;
}

/** What Kubernetes takes as the value of a label. */
const LABEL_VALUE = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

export interface ScopeQuestion {
  readonly kind: BudgetScope['kind'];
  readonly namespace: string;
  /** Of the target. */
  readonly labels: Readonly<Record<string, string>>;
  readonly teamLabel: string;
}

/** Undefined if the labels do not say which team pays, or say it with what no Pod could be labelled. */
export function budgetScopeOf({ kind, namespace, labels, teamLabel }: ScopeQuestion): BudgetScope | undefined {
  if (kind === 'cluster') return { kind, key: 'all' };
  if (kind === 'namespace') return { kind, key: namespace };
  const team = Object.hasOwn(labels, teamLabel) ? labels[teamLabel] : undefined;
  return team !== undefined && LABEL_VALUE.test(team) ? { kind, key: team } : undefined;
}
