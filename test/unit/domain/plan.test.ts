import { describe, expect, it } from 'vitest';
import { planSchema } from '../../../src/domain/plan/plan.ts';
import { aPlan } from '../../support/plans.ts';

/** Where a plan with these changes is refused, and why. */
function faultOf(overrides: object) {
  const { error } = planSchema.safeParse({ ...aPlan(), ...overrides });
  return error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

const target = { cluster: 'default', namespace: 'production', kind: 'Deployment', name: 'order-service' };
const node = { cluster: 'default', kind: 'Node', name: 'worker-1' };
const lease = { load: { name: 'requests', query: { expr: 'sum(rate(requests[1m]))' } } };

describe('a plan', () => {
  it('is what its action takes, with the defaults of both filled in', () => {
    expect(aPlan({ parameters: { replicas: 3 } })).toMatchObject({
      parameters: { replicas: 3, allowDecrease: false },
      effectDeadlineSeconds: 300,
    });
    expect(planSchema.parse({ ...aPlan(), action: 'drain', target: node, parameters: {} })).toMatchObject({
      action: 'drain',
      target: { ...node, namespace: '' },
    });
  });

  it('survives being kept: it is read as it was written', () => {
    const plan = aPlan({ lease });
    expect(planSchema.parse(JSON.parse(JSON.stringify(plan)))).toEqual(plan);
  });

  it.each<[string, object, string]>([
    ['an action that is not in the catalogue', { action: 'reboot' }, 'action: expected one of '],
    ['an action that is no action', { action: 'constructor' }, 'action: expected one of '],
    ['a kind that the action does not take', { target: { ...target, kind: 'Node' } }, 'target.kind: expected one of '],
    ['no namespace where there must be one', { target: { ...target, namespace: '' } }, 'target.namespace: expected a'],
    [
      'a namespace where there is none',
      { action: 'drain', target: { ...node, namespace: 'production' }, parameters: {} },
      'target.namespace: expected none for a Node',
    ],
    [
      'a lease of what cannot be taken back in steps',
      { action: 'drain', target: node, parameters: {}, lease },
      'lease: expected none: drain makes no change',
    ],
    ['parameters of another action', { parameters: { gracePeriodSeconds: 3 } }, 'parameters: must be {replicas'],
    ['parameters that are none', { parameters: { replicas: -1 } }, 'parameters'],
  ])('is refused, with the place, for %s', (_what, overrides, fault) => {
    expect(faultOf(overrides)).toEqual([expect.stringContaining(fault)]);
  });
});
