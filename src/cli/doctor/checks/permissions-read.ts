import { ALWAYS_READ, BUDGET_READS } from '../../../clients/kubernetes/always-read.ts';
import { questionsOf } from '../../../clients/kubernetes/review-access.ts';
import type { CostSettings } from '../../../config/cost-schema.ts';
import type { Check } from '../check.ts';
import { reviewAll } from '../review-all.ts';

export const permissionsRead: Check = {
  code: 'permissions-read',
  category: 'kubernetes',
  description:
    'The account may read what Mendloop always reads, and what the budgets of the settings add up, verb by verb.',
  severity: 'fatal',
  deadlineSeconds: 30,
  beforeInstall: false,
  needs: ['kubernetes-reachable'],
  run: (world) => {
    const reads = [...ALWAYS_READ, ...(addsUpEverywhere(world.config.cost) ? BUDGET_READS : [])];
    return reviewAll(world, questionsOf(reads, world.namespaces));
  },
};

/** A cost source of the network has its own account of what runs. */
function addsUpEverywhere({ source, budgets }: CostSettings): boolean {
  return source.type === 'prices' && Object.values(budgets).some(({ scope }) => scope !== 'namespace');
}
