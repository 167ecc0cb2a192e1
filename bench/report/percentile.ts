/** The smallest sample that at least `percent` of all samples do not exceed (nearest rank). Throws for no samples. */
export function percentile(samples: readonly number[], percent: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)];
  if (value === undefined) throw new Error('there are no samples');
  return value;
}
