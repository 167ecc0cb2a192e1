import type { CostSource } from '../clients/cost/cost-source.ts';
import type { BudgetScope } from '../domain/cost/budget-scope.ts';
import type { BudgetClause } from '../domain/plan/budget-clause.ts';
import type { Target } from '../domain/target/target.ts';

type Measuring = Pick<CostSource, 'quote' | 'measureUsage'>;

/**
 * A cost source that is measuring already what the place of the target says will be asked: whose budget it is follows
 * from the target's namespace, or from the settings alone, but where it is a team's.
 */
export function measuredAhead(
  source: Measuring,
  { budget, target }: { readonly budget: BudgetClause; readonly target: Target },
): Measuring {
  const place = placeOf(source, { budget, target });
  if (place === undefined) return source;
  const usage = source.measureUsage(place);
  usage.catch(() => undefined); // Told to what asks for it.
  return {
    quote: (question) => source.quote(question),
    measureUsage: (asked) => (isSame(asked, place) ? usage : source.measureUsage(asked)),
  };
}

interface Place {
  readonly budget: string;
  readonly scope: BudgetScope;
}

function placeOf(
  source: Measuring,
  { budget, target }: { readonly budget: BudgetClause; readonly target: Target },
): Place | undefined {
  try {
    const { terms, scope } = source.quote({ budget, target, adds: { cpu: 0, memory: 0, text: '' }, labels: {} });
    return scope === undefined ? undefined : { budget: terms.budget, scope };
  } catch {
    return undefined; // Asked again, with the same answer, when it is needed.
  }
}

function isSame(one: Place, other: Place): boolean {
  const { budget, scope } = one;
  return budget === other.budget && scope.kind === other.scope.kind && scope.key === other.scope.key;
}
