import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ChangeCase, costOfPods, estimateChange } from '../../../src/domain/cost/cost.ts';

const GIB = 1024 ** 3;
const prices = { cpuHour: 0.04, gibHour: 0.005 };

const usual: ChangeCase = { adds: { cpu: 1.5, memory: 3 * GIB, text: '3 more Pods' }, prices, expectedHours: 4 };
const adding = (adds: Partial<ChangeCase['adds']>): ChangeCase => ({ ...usual, adds: { ...usual.adds, ...adds } });

describe('costOfPods', () => {
  it('is requests by price by hours', () => {
    expect(costOfPods({ cpu: 2, memory: 4 * GIB }, prices, 24)).toBe(2.4);
    expect(costOfPods({ cpu: 0, memory: 0 }, prices, 24)).toBe(0);
  });

  it('is rounded to millionths', () => {
    expect(costOfPods({ cpu: 0.1 + 0.2, memory: 0 }, { cpuHour: 1, gibHour: 0 }, 1)).toBe(0.3);
    expect(costOfPods({ cpu: 1 / 3, memory: 0 }, { cpuHour: 1, gibHour: 0 }, 1)).toBe(0.333333);
  });

  it.each([NaN, Infinity, -1])('is unknown with %s among its figures', (bad) => {
    expect(costOfPods({ cpu: bad, memory: 0 }, prices, 1)).toBeNaN();
    expect(costOfPods({ cpu: 1, memory: bad }, prices, 1)).toBeNaN();
    expect(costOfPods({ cpu: 1, memory: 0 }, { ...prices, gibHour: bad }, 1)).toBeNaN();
    expect(costOfPods({ cpu: 1, memory: 0 }, prices, bad)).toBeNaN();
  });
});

describe('estimateChange', () => {
  it('is added requests by price by hours, and says of what', () => {
    expect(estimateChange(usual)).toMatchObject({ added: 0.3, change: '3 more Pods for 4 h' });
    expect(estimateChange({ ...usual, expectedHours: 1 / 3 })).toMatchObject({ change: '3 more Pods for 0.33 h' });
  });

  it('charges at most a day', () => {
    expect(estimateChange({ ...usual, expectedHours: 240 })).toEqual(estimateChange({ ...usual, expectedHours: 24 }));
    expect(estimateChange({ ...usual, expectedHours: Infinity }).change).toBe('3 more Pods for 24 h');
  });

  it('is nothing for what frees, and what is freed pays for what is taken', () => {
    expect(estimateChange(adding({ cpu: -1, memory: -GIB, text: '2 fewer Pods' }))).toMatchObject({
      ...{ added: 0, change: '2 fewer Pods for 4 h' },
    });
    expect(estimateChange(adding({ cpu: 1, memory: -8 * GIB })).added).toBe(0);
    expect(estimateChange(adding({ cpu: 1, memory: -4 * GIB })).added).toBe(0.08);
  });

  it.each<['cpu' | 'memory', string]>([
    ['cpu', 'CPU'],
    ['memory', 'memory'],
  ])('is unknown, not zero, where the Pods declare no %s that has a price', (resource, name) => {
    const undeclared = adding({ [resource]: 0, undeclared: [resource] });
    expect(estimateChange(undeclared)).toMatchObject({
      ...{ added: null, unknown: `the target's Pods declare no ${name} requests` },
    });
    const free = { cpuHour: resource === 'cpu' ? 0 : 1, gibHour: resource === 'memory' ? 0 : 1 };
    expect(estimateChange({ ...undeclared, prices: free }).added).toBeGreaterThan(0);
  });

  it('is never negative, no number or endless, whatever the figures', () => {
    const wild = fc.oneof(fc.double(), fc.constantFrom(NaN, Infinity, -Infinity, -1, 1e308));
    const wildCase = fc.record({
      adds: fc.record({ cpu: wild, memory: wild, text: fc.string() }),
      prices: fc.record({ cpuHour: wild, gibHour: wild }),
      expectedHours: wild,
    });
    fc.assert(
      fc.property(wildCase, (question) => {
        const { added } = estimateChange(question);
        expect(added === null || (Number.isFinite(added) && added >= 0)).toBe(true);
        const { cpuHour, gibHour } = question.prices;
        const isSenseless = [cpuHour, gibHour, question.expectedHours].some((figure) => !(figure >= 0));
        if (isSenseless || Number.isNaN(question.adds.cpu)) expect(added).toBeNull();
      }),
      { numRuns: 2000 },
    );
  });
});
