import type { PlannedChange } from '../../src/domain/actions/contract.ts';
import { aPlannedChange } from './plans.ts';

/** A budget of the flash sale's Deployment that is relaxed before something else is done. */
export const relaxed: PlannedChange = {
  ...aPlannedChange(),
  ...{ action: 'relax_pdb', uid: 'of-the-budget', change: {}, locks: [] },
  target: { cluster: 'default', namespace: 'production', kind: 'PodDisruptionBudget', name: 'order-service' },
  title: 'relax PodDisruptionBudget production/order-service: minAvailable 2 -> 1',
  awaits: '1 disruption allowed by PodDisruptionBudget production/order-service',
  moves: { name: 'healthy Pods wanted', before: 2, after: 1 },
  manualUndo: 'kubectl patch pdb order-service',
};

/** As a plan asks for that. */
export function aPrelude(maxSeconds: number) {
  return {
    action: 'relax_pdb',
    target: { namespace: 'production', kind: 'PodDisruptionBudget', name: 'order-service' },
    maxSeconds,
  };
}
