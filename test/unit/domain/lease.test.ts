import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leaseBounds, nextLeaseStep, provenCapacity } from '../../../src/domain/lease/lease.ts';
import type { Sample } from '../../../src/domain/verification/measurement.ts';
import { leaseClauseSchema } from '../../../src/domain/plan/lease-clause.ts';

const clause = leaseClauseSchema.parse({ load: { name: 'load', query: { expr: 'x' }, unit: 'req/s' } });
const known = (value: number): Sample => ({ at: 1, status: 'known', value });
const bounds = { floor: 2, ceiling: 5 };

describe('leaseBounds', () => {
  it('are the baseline and what the act set, unless the clause narrows them', () => {
    expect(leaseBounds({}, { baseline: 2, acted: 5 })).toEqual({ floor: 2, ceiling: 5 });
    expect(leaseBounds({ min: 3, max: 4 }, { baseline: 2, acted: 5 })).toEqual({ floor: 3, ceiling: 4 });
  });

  it('never lie outside of what the remediation changed', () => {
    fc.assert(
      fc.property(fc.nat(50), fc.nat(50), fc.nat(50), fc.nat(50), (baseline, added, min, max) => {
        const acted = baseline + added;
        const { floor, ceiling } = leaseBounds({ min, max: Math.max(1, max) }, { baseline, acted });
        expect(floor).toBeGreaterThanOrEqual(baseline);
        expect(ceiling).toBeLessThanOrEqual(Math.max(acted, baseline));
        expect(floor).toBeLessThanOrEqual(ceiling);
      }),
    );
  });
});

describe('nextLeaseStep', () => {
  const at = (current: number, load: Sample, capacityPerUnit: number | undefined = 30) =>
    nextLeaseStep(clause, { current, bounds, load, capacityPerUnit });

  it('takes one away when the load with headroom fits', () => {
    expect(at(5, known(60))).toMatchObject({ kind: 'down', to: 4 });
  });

  it('stays while the load needs what there is', () => {
    expect(at(5, known(110))).toMatchObject({ kind: 'stay', reason: 'load 110 req/s needs 5' });
  });

  it('stays while the load or the capacity is unknown: unknown is not good', () => {
    expect(at(5, { at: 1, status: 'unknown', reason: 'stale' })).toMatchObject({ kind: 'stay' });
    const unknown = nextLeaseStep(clause, { current: 5, bounds, load: known(0), capacityPerUnit: undefined });
    expect(unknown).toMatchObject({ kind: 'stay' });
  });

  it('is done at the floor', () => {
    expect(at(2, known(0))).toMatchObject({ kind: 'done' });
  });

  it('never goes below the floor, never more than a step, and always leaves room for the load with headroom', () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 100 }), fc.double({ min: 0, max: 1e4, noNaN: true }), (current, load) => {
        const step = nextLeaseStep(clause, { current, bounds, load: known(load), capacityPerUnit: 30 });
        if (step.kind !== 'down') return;
        expect(step.to).toBeGreaterThanOrEqual(bounds.floor);
        expect(step.to).toBe(current - 1);
        expect(step.to * 30).toBeGreaterThanOrEqual(load * 1.3);
      }),
    );
  });
});

describe('provenCapacity', () => {
  it('is the load of the proof by its units', () => {
    expect(provenCapacity(known(120), 4)).toBe(30);
  });

  it('is not known from no load or no measurement', () => {
    expect(provenCapacity(known(0), 4)).toBeUndefined();
    expect(provenCapacity({ at: 1, status: 'unknown', reason: 'empty' }, 4)).toBeUndefined();
  });
});
