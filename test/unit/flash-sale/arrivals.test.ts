import { describe, expect, it } from 'vitest';
import { PoissonArrivals } from '../../../examples/flash-sale/load/arrivals.ts';
import { seededRandom } from '../../../examples/flash-sale/load/random.ts';

/** Arrivals in each of `seconds` seconds. */
function simulate(seed: number, perSecond: number, seconds: number): number[] {
  const arrivals = new PoissonArrivals({ random: seededRandom(seed), perSecond, startMs: 0 });
  return Array.from({ length: seconds }, (_, second) => arrivals.due((second + 1) * 1000));
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('PoissonArrivals', () => {
  it('has the mean and the variance of a Poisson process', () => {
    const counts = simulate(1, 50, 2000);
    const average = mean(counts);
    expect(average).toBeGreaterThan(49);
    expect(average).toBeLessThan(51);
    const variance = mean(counts.map((count) => (count - average) ** 2));
    expect(variance / average).toBeGreaterThan(0.85);
    expect(variance / average).toBeLessThan(1.15);
  });

  it('brings the same customers for the same seed, and others for another', () => {
    expect(simulate(7, 30, 60)).toEqual(simulate(7, 30, 60));
    expect(simulate(7, 30, 60)).not.toEqual(simulate(8, 30, 60));
  });

  it('changes its rate from now on', () => {
    const arrivals = new PoissonArrivals({ random: seededRandom(3), perSecond: 0, startMs: 0 });
    expect(arrivals.due(60_000)).toBe(0);
    arrivals.setRate(100, 60_000);
    const surge = arrivals.due(160_000);
    expect(surge).toBeGreaterThan(9500);
    expect(surge).toBeLessThan(10_500);
    arrivals.setRate(0, 160_000);
    expect(arrivals.due(1e9)).toBe(0);
  });
});
