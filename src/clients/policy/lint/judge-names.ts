import { modes } from '../../../domain/decision/mode.ts';
import { at } from './at.ts';
import type { Finding } from './finding.ts';
import type { Places } from './places.ts';
import type { Samples } from './read-samples.ts';

/** A mode that is none, which stops the rule, and one for a rule that is not there, which does nothing. */
export function judgeModes({ modes: given, rules, catalogue }: Samples, places: Places): Finding[] {
  return Object.entries(given).flatMap(([rule, mode]): Finding[] => {
    const place = at(places.data(['overrides', 'modes', rule]) ?? places.data(['modes', rule]));
    const isKnown =
      Object.hasOwn(rules, rule) ||
      rule === 'catalogue' ||
      (rule.startsWith('catalogue/') && Object.hasOwn(catalogue, rule.slice('catalogue/'.length)));
    return [
      ...(modes.some((known) => known === mode)
        ? []
        : [
            {
              severity: 'error' as const,
              check: 'mode' as const,
              rule,
              ...place,
              message: `must be one of ${modes.join(', ')}`,
            },
          ]),
      ...(isKnown
        ? []
        : [{ severity: 'warning' as const, check: 'mode' as const, rule, ...place, message: 'there is no such rule' }]),
    ];
  });
}

/** A reason for something that is no longer there hides what comes under the same name. */
export function staleExemptions({ without_budget: reasons, rules, services }: Samples, places: Places): Finding[] {
  return Object.keys(reasons)
    .filter((name) => name !== 'catalogue' && !Object.hasOwn(rules, name) && !Object.hasOwn(services, name))
    .map((name) => {
      const path = ['limits', 'withoutBudget', name];
      return {
        severity: 'warning',
        check: 'budget',
        ...at(places.data(['overrides', ...path]) ?? places.data(path)),
        message: `limits.withoutBudget has a reason for ${name}, which is neither a rule nor a service`,
      };
    });
}
