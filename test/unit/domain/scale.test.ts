import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ScaleSeen } from '../../../src/domain/actions/scale/change.ts';
import {
  describeScale,
  type ScaleParameters,
  scaleParametersSchema,
} from '../../../src/domain/actions/scale/parameters.ts';
import { planScale } from '../../../src/domain/actions/scale/plan-scale.ts';
import { scaleAction } from '../../../src/domain/actions/scale/scale.ts';
import { planSchema } from '../../../src/domain/plan/plan.ts';
import { aPlan, scaleSeen } from '../../support/plans.ts';

interface Found {
  readonly replicas: number;
  readonly autoscaler?: { readonly min: number; readonly max: number };
}

function seen({ replicas, autoscaler }: Found, more: Partial<ScaleSeen> = {}): ScaleSeen {
  return scaleSeen({
    replicas,
    ...(autoscaler && {
      lever: { kind: 'autoscaler', name: 'order-scaler', maxReplicas: autoscaler.max },
      value: autoscaler.min,
    }),
    ...more,
  });
}

/** Through the schema, as a policy's answer goes. */
const parameters = (given: object): ScaleParameters =>
  scaleParametersSchema.parse(aPlan({ parameters: given }).parameters);

describe('the change that a plan asks for', () => {
  it.each<[string, object, Found, { from: number; to: number; addedReplicas: number }]>([
    ['an absolute number', { replicas: 5 }, { replicas: 2 }, { from: 2, to: 5, addedReplicas: 3 }],
    ['an absolute number below', { replicas: 5 }, { replicas: 7 }, { from: 7, to: 7, addedReplicas: 0 }],
    ['a decrease', { replicas: 5, allowDecrease: true }, { replicas: 7 }, { from: 7, to: 5, addedReplicas: -2 }],
    ['nothing of what is off already', { replicas: 0 }, { replicas: 0 }, { from: 0, to: 0, addedReplicas: 0 }],
    [
      'a lower minimum, which frees nothing by itself',
      { replicas: 2, allowDecrease: true },
      { replicas: 6, autoscaler: { min: 4, max: 9 } },
      { from: 4, to: 2, addedReplicas: 0 },
    ],
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
    [
      'no minimum that an autoscaler has gone beyond by itself',
      { replicas: 5 },
      { replicas: 8, autoscaler: { min: 2, max: 9 } },
      { from: 2, to: 2, addedReplicas: 0 },
    ],
    [
      'none that it has just reached, down as well',
      { replicas: 5, allowDecrease: true },
      { replicas: 5, autoscaler: { min: 2, max: 9 } },
      { from: 2, to: 2, addedReplicas: 0 },
    ],
    [
      'none where its maximum is below what runs',
      { replicas: 4 },
      { replicas: 8, autoscaler: { min: 2, max: 4 } },
      { from: 2, to: 2, addedReplicas: 0 },
    ],
    [
      'nothing where minimum and maximum are one, and what runs lags behind',
      { add: 3, max: 20 },
      { replicas: 3, autoscaler: { min: 5, max: 5 } },
      { from: 5, to: 5, addedReplicas: 2 },
    ],
  ])('%s', (_, given, found, expected) => {
    expect(planScale(parameters(given), seen(found))).toEqual(expected);
  });

  it.each<[string, object, Found, string]>([
    ["the plan's bound", { add: 1, max: 4 }, { replicas: 4 }, 'ReplicaLimit'],
    ["more than the plan's bound", { factor: 2, max: 4 }, { replicas: 6 }, 'ReplicaLimit'],
    ['a target that is switched off, by a step', { add: 1, max: 4 }, { replicas: 0 }, 'ReplicaLimit'],
    ['a target that is switched off, by a factor', { factor: 2, max: 4 }, { replicas: 0 }, 'ReplicaLimit'],
    ['a target that is switched off, by a number', { replicas: 5 }, { replicas: 0 }, 'ReplicaLimit'],
    [
      'a target that is switched off behind an autoscaler',
      { replicas: 5 },
      { replicas: 0, autoscaler: { min: 5, max: 9 } },
      'ReplicaLimit',
    ],
    [
      'a target that is switched off behind an autoscaler, down as well',
      { replicas: 3, allowDecrease: true },
      { replicas: 0, autoscaler: { min: 5, max: 9 } },
      'ReplicaLimit',
    ],
    [
      "the autoscaler's maximum",
      { add: 1, max: 20 },
      { replicas: 9, autoscaler: { min: 2, max: 9 } },
      'AutoscalerLimit',
    ],
  ])('is refused at %s', (_, given, found, type) => {
    expect(() => planScale(parameters(given), seen(found))).toThrow(expect.objectContaining({ type }));
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
        const { from, to } = planScale(parameters(given), seen({ replicas }));
        expect(from).toBe(replicas);
        expect(to).toBeGreaterThan(replicas);
        expect(to).toBeLessThanOrEqual(given.max);
      }),
    );
  });
});

describe('what is recorded of the change', () => {
  const plan = (given: object, found: ScaleSeen) =>
    scaleAction.plan({ target: found.target, parameters: parameters(given), seen: found });

  it('is all that people and everything generic read', () => {
    const found = seen({ replicas: 2 });
    expect(plan({ replicas: 5 }, found)).toEqual({
      action: 'scale',
      version: 1,
      target: found.target,
      uid: found.uid,
      change: { lever: { kind: 'replicas' }, from: 2, to: 5, baseline: 2, complaints: [] },
      subject: { target: found.target, pods: 5 },
      isDone: false,
      title: 'scale Deployment production/order-service 2 -> 5',
      awaits: '5 ready replicas',
      undo: 'exact',
      manualUndo: 'kubectl -n production scale deployment order-service --replicas=2',
      command: 'kubectl -n production scale deployment order-service --replicas=5',
      locks: [],
      adds: { cpu: 0.1 * 3, memory: 3 * 64 * 1024 ** 2, text: '3 more Pods' },
      moves: { name: 'replicas', before: 2, after: 5 },
      readings: [
        { name: 'replicas', text: '2', value: 2 },
        { name: 'ready replicas', text: '2', value: 2 },
      ],
      baseline: 2,
      labels: { app: 'order-service' },
    });
  });

  it('speaks of the autoscaler where that is the lever', () => {
    expect(plan({ add: 1, max: 8 }, seen({ replicas: 3, autoscaler: { min: 2, max: 9 } }))).toMatchObject({
      title: 'scale Deployment production/order-service 2 -> 4 (minReplicas of its autoscaler)',
      command: `kubectl -n production patch hpa order-scaler --type merge -p '{"spec":{"minReplicas":4}}'`,
      manualUndo: `kubectl -n production patch hpa order-scaler --type merge -p '{"spec":{"minReplicas":2}}'`,
      moves: { name: 'minReplicas', before: 2, after: 4 },
      adds: { text: '1 more Pod' },
      readings: [{ value: 3 }, { value: 3 }, { name: 'autoscaler order-scaler', text: '2 to 9 replicas' }],
    });
  });

  it('says what is freed, and nothing where nothing changes', () => {
    expect(plan({ replicas: 2, allowDecrease: true }, seen({ replicas: 5 })).adds).toMatchObject({
      cpu: -0.1 * 3,
      text: '3 fewer Pods',
    });
    const done = plan({ replicas: 5 }, seen({ replicas: 5 }));
    expect(done).toMatchObject({ isDone: true });
    expect(done).not.toHaveProperty('adds');
  });

  it('names what the Pods do not declare', () => {
    const { adds } = plan({ replicas: 5 }, seen({ replicas: 2 }, { podRequests: { cpu: 0, memory: 1 } }));
    expect(adds).toMatchObject({ undeclared: ['cpu'] });
  });

  it('goes back to where an earlier lease was to end', () => {
    const heldBy = 'remediation/default/A/00000000000000aa/1';
    expect(plan({ add: 1, max: 9 }, seen({ replicas: 5 }, { heldBy, leasedFrom: 2 }))).toMatchObject({
      baseline: 2,
      heldBy,
      change: { from: 5, to: 6, baseline: 2 },
    });
  });

  it('survives the history: it is plain JSON', () => {
    const planned = plan({ replicas: 5 }, seen({ replicas: 2 }, { complaints: ['Progressing x'] }));
    expect(JSON.parse(JSON.stringify(planned))).toEqual(planned);
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
