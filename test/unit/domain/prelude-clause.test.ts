import { describe, expect, it } from 'vitest';
import { planSchema } from '../../../src/domain/plan/plan.ts';
import { canBePrelude } from '../../../src/domain/plan/prelude-clause.ts';

const budget = { namespace: 'shop', kind: 'PodDisruptionBudget', name: 'cart' };
const relax = { action: 'relax_pdb', target: budget, maxSeconds: 60 };
const evict = { action: 'evict_pod', target: { namespace: 'shop', kind: 'Pod', name: 'cart-1' }, verification: {} };
const drain = { action: 'drain', target: { kind: 'Node', name: 'worker-1' }, verification: {} };

/** The places and words of what is wrong. */
function problems(plan: object): string[] {
  const { error } = planSchema.safeParse(plan);
  return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
}

describe("a plan's prelude", () => {
  it('has its own parameters, as its action reads them', () => {
    const { prelude } = planSchema.parse({ ...evict, prelude: relax });
    expect(prelude).toEqual({
      ...relax,
      target: { cluster: 'default', ...budget },
      parameters: { disruptions: 1, minHealthy: 1 },
    });
    expect(planSchema.parse({ ...drain, prelude: relax }).prelude).toEqual(prelude);
    expect(planSchema.parse(evict)).not.toHaveProperty('prelude');
  });

  it('that a human is always asked about has the whole plan asked about', () => {
    const raise = {
      action: 'raise_quota',
      target: { namespace: 'shop', kind: 'ResourceQuota', name: 'tenant' },
      parameters: { resource: 'pods', add: '1', max: '10' },
      maxSeconds: 60,
    };
    expect(planSchema.parse({ ...evict, prelude: raise }).approval?.reason).toBe(
      'it goes past what was agreed with the tenant',
    );
    expect(planSchema.parse({ ...evict, prelude: relax }).approval).toBeUndefined();
  });

  it.each<[string, object, string]>([
    [
      'another action',
      { ...relax, action: 'scale' },
      'action: expected one of raise_quota, relax_pdb, whose change is for a while',
    ],
    [
      'no longest time',
      { action: 'relax_pdb', target: budget },
      'maxSeconds: expected the seconds after which it is given back at the latest',
    ],
    ['more than a day', { ...relax, maxSeconds: 90_000 }, 'maxSeconds: Too big: expected number to be <=86400'],
    [
      'another kind',
      { ...relax, target: { ...budget, kind: 'Deployment' } },
      'target.kind: expected one of PodDisruptionBudget, which relax_pdb acts on',
    ],
    [
      'another namespace',
      { ...relax, target: { ...budget, namespace: 'bank' } },
      "target.namespace: expected shop, as of the plan's target",
    ],
    [
      'another cluster',
      { ...relax, target: { ...budget, cluster: 'b' } },
      "target.cluster: expected default, as of the plan's target",
    ],
    [
      'parameters that its action does not take',
      { ...relax, parameters: { disruptions: 0 } },
      'parameters.disruptions: Too small: expected number to be >=1',
    ],
  ])('is refused at its place: %s', (_what, prelude, problem) => {
    expect(problems({ ...evict, prelude })).toEqual([`prelude.${problem}`]);
  });

  it('has none itself', () => {
    expect(problems({ ...evict, prelude: { ...relax, prelude: relax } })).toEqual([
      'prelude: expected no prelude: it is one itself',
    ]);
  });

  it('is of another object than the plan', () => {
    const own = { action: 'relax_pdb', target: budget, verification: { conditions: [{ kind: 'ready' }] } };
    expect(problems({ ...own, prelude: relax })).toEqual([
      "prelude.target: expected another object than the plan's own",
    ]);
  });

  it('of a plan about the cluster itself has a namespace', () => {
    expect(problems({ ...drain, prelude: { ...relax, target: { ...budget, namespace: '' } } })).toEqual([
      'prelude.target.namespace: expected a namespace',
    ]);
  });
});

it('only what is for a while and put back exactly can be a prelude', () => {
  expect(canBePrelude({ isForAWhile: true, undo: 'exact' })).toBe(true);
  expect(canBePrelude({ isForAWhile: true, undo: 'forward' })).toBe(false);
  expect(canBePrelude({ undo: 'exact' })).toBe(false);
});
