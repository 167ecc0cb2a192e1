import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ScaleLever, TargetSnapshot } from '../../../src/domain/actions/effects.ts';
import { planSchema, type ScaleParameters } from '../../../src/domain/plan/plan.ts';
import { describeScale, planScale } from '../../../src/domain/actions/scale/scale.ts';
import { aPlan } from '../../support/plans.ts';

interface Found {
  readonly replicas: number;
  readonly autoscaler?: { readonly min: number; readonly max: number };
}

function snapshot({ replicas, autoscaler }: Found): TargetSnapshot {
  const lever: ScaleLever =
    autoscaler === undefined
      ? { kind: 'replicas' }
      : { kind: 'autoscaler', name: 'order-service', maxReplicas: autoscaler.max };
  return {
    target: { cluster: 'default', namespace: 'production', kind: 'Deployment', name: 'order-service' },
    uid: 'a1',
    lever,
    value: autoscaler?.min ?? replicas,
    replicas,
    readyReplicas: replicas,
    podRequests: { cpu: 0.1, memory: 1 },
  };
}

/** Through the schema, as a policy's answer goes. */
const parameters = (given: object): ScaleParameters => aPlan({ parameters: given }).parameters;

describe('the change that a plan asks for', () => {
  it.each<[string, object, Found, { from: number; to: number; addedReplicas: number }]>([
    ['an absolute number', { replicas: 5 }, { replicas: 2 }, { from: 2, to: 5, addedReplicas: 3 }],
    ['an absolute number below', { replicas: 5 }, { replicas: 7 }, { from: 7, to: 7, addedReplicas: 0 }],
    ['a decrease', { replicas: 5, allowDecrease: true }, { replicas: 7 }, { from: 7, to: 5, addedReplicas: 0 }],
    ['a step', { add: 2, max: 10 }, { replicas: 3 }, { from: 3, to: 5, addedReplicas: 2 }],
    ['a step into the bound', { add: 5, max: 6 }, { replicas: 3 }, { from: 3, to: 6, addedReplicas: 3 }],
    ['a factor', { factor: 1.5, max: 10 }, { replicas: 3 }, { from: 3, to: 5, addedReplicas: 2 }],
    [
      'a factor whose product is whole',
      { factor: 1.1, max: 20 },
      { replicas: 10 },
      { from: 10, to: 11, addedReplicas: 1 },
    ],
    [
      'a step from what an autoscaler runs',
      { add: 1, max: 10 },
      { replicas: 6, autoscaler: { min: 2, max: 9 } },
      { from: 2, to: 7, addedReplicas: 1 },
    ],
    [
      "a step into an autoscaler's maximum",
      { add: 3, max: 20 },
      { replicas: 8, autoscaler: { min: 2, max: 9 } },
      { from: 2, to: 9, addedReplicas: 1 },
    ],
  ])('%s', (_, given, found, expected) => {
    expect(planScale(parameters(given), snapshot(found))).toEqual(expected);
  });

  it.each<[string, object, Found, string]>([
    ["the plan's bound", { add: 1, max: 4 }, { replicas: 4 }, 'ReplicaLimit'],
    ["more than the plan's bound", { factor: 2, max: 4 }, { replicas: 6 }, 'ReplicaLimit'],
    ['a target that is switched off', { add: 1, max: 4 }, { replicas: 0 }, 'ReplicaLimit'],
    [
      "the autoscaler's maximum",
      { add: 1, max: 20 },
      { replicas: 9, autoscaler: { min: 2, max: 9 } },
      'AutoscalerLimit',
    ],
  ])('is refused at %s', (_, given, found, type) => {
    expect(() => planScale(parameters(given), snapshot(found))).toThrow(expect.objectContaining({ type }));
  });

  it('never takes capacity away unless told to, and a relative one never passes its bound', () => {
    const counts = fc.integer({ min: 1, max: 200 });
    const relative = fc.oneof(
      fc.record({ add: fc.integer({ min: 1, max: 50 }), max: counts }),
      fc.record({ factor: fc.double({ min: 1.01, max: 10, noNaN: true }), max: counts }),
    );
    fc.assert(
      fc.property(relative, counts, (given, replicas) => {
        fc.pre(given.max > replicas);
        const { from, to } = planScale(parameters(given), snapshot({ replicas }));
        expect(from).toBe(replicas);
        expect(to).toBeGreaterThan(replicas);
        expect(to).toBeLessThanOrEqual(given.max);
      }),
    );
  });
});

describe('the shape of what a plan asks for', () => {
  it.each([
    [{ replicas: 5, max: 7 }],
    [{ add: 1 }],
    [{ add: 0, max: 5 }],
    [{ add: 1, factor: 2, max: 5 }],
    [{ factor: 1, max: 5 }],
    [{ factor: 2 }],
    [{}],
  ])('%j is refused', (given) => {
    const { error } = planSchema.safeParse({ ...aPlan(), parameters: given });
    expect(error?.issues.map(({ path }) => path[0])).toEqual(['parameters']);
  });

  it.each([
    [{ replicas: 5 }, 'to 5 replicas'],
    [{ replicas: 5, allowDecrease: true }, 'to 5 replicas, down as well'],
    [{ add: 2, max: 9 }, 'by 2, to at most 9 replicas'],
    [{ factor: 1.5, max: 9 }, 'by a factor of 1.5, to at most 9 replicas'],
  ])('%j reads well', (given, text) => {
    expect(describeScale(parameters(given))).toBe(text);
  });
});
