import { defined } from '../defined.ts';
import type { FactName, FactParts } from '../precondition/facts.ts';
import type { PlanRequest } from './contract.ts';
import type { TemplateSeen } from './template-seen.ts';

/** What every action on a template sees, by what preconditions ask. */
export const TEMPLATE_SEES: readonly FactName[] = ['pods', 'rollout', 'quota'];

export function templateParts({ seen }: Pick<PlanRequest<unknown, TemplateSeen>, 'seen'>): Partial<FactParts> {
  const { target, facts } = seen;
  return {
    pods: { workload: target, wanted: facts.wanted, left: facts.leaves, losesReady: facts.ready > 0 },
    rollout: defined({ underWay: facts.underWay }),
    quota: defined({ complaint: facts.quota }),
  };
}
