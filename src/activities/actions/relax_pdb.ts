import { fieldTerms } from '../../clients/kubernetes/edit-field.ts';
import { type Budget, budgetState, inspectBudget } from '../../clients/kubernetes/inspect-budget.ts';
import { untilObject } from '../../clients/kubernetes/inspect-object.ts';
import { objectPath } from '../../clients/kubernetes/kinds.ts';
import type { KubernetesClient } from '../../clients/kubernetes/kubernetes-client.ts';
import { healthyWithout } from '../../domain/actions/relax_pdb/judge-budget.ts';
import {
  relaxPdbChangeSchema,
  type RelaxPdbParameters,
  type RelaxPdbSeen,
} from '../../domain/actions/relax_pdb/relax-pdb.ts';
import { createEditEffects } from '../edit-effects.ts';

/** Relaxes a disruption budget; puts it back if it is still this remediation's. */
export function createRelaxPdbEffects({ kubernetes }: { readonly kubernetes: KubernetesClient }) {
  return createEditEffects<RelaxPdbParameters, RelaxPdbSeen>({
    kubernetes,
    inspect: ({ target }) => inspectBudget(kubernetes, target),
    termsOf: ({ change }) => fieldTerms(relaxPdbChangeSchema.parse(change).edit),
    shown: ({ spec = {} }) => ({ spec }),
    // Pods may have gone since.
    mayAct: async ({ target, change }) => {
      const { rules } = relaxPdbChangeSchema.parse(change);
      healthyWithout(budgetState(await kubernetes.get<Budget>(objectPath(target))), rules);
    },
    observe: async ({ planned: { target, uid }, deadlineAt }, signal) => {
      const judge = (budget: object) => {
        const { isCurrent, disruptionsAllowed } = budgetState(budget);
        if (isCurrent && disruptionsAllowed > 0) return { found: disruptionsAllowed };
        return { missing: isCurrent ? 'it allows no disruption' : 'its controller has not seen the change' };
      };
      const allowed = await untilObject(kubernetes, { target, uid, deadlineAt, judge }, signal);
      const text = `${allowed} disruption${allowed === 1 ? '' : 's'} allowed`;
      return { text, readings: [{ name: 'disruptions allowed', text: String(allowed), value: allowed }] };
    },
  });
}
