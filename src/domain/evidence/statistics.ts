/** The middle of the values, or the mean of the two in the middle. @throws RangeError if there are none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const high = sorted[Math.floor(sorted.length / 2)];
  const low = sorted[Math.ceil(sorted.length / 2) - 1];
  if (high === undefined || low === undefined) throw new RangeError('no values have no median');
  return low + (high - low) / 2;
}

/** Median absolute deviation from the median: half of the values lie at most so far from their middle. */
export function medianAbsoluteDeviation(values: readonly number[], middle = median(values)): number {
  return median(values.map((value) => Math.abs(value - middle)));
}

/** What a MAD is multiplied with to compare it with a standard deviation, exact for a normal distribution. */
const MAD_TO_SIGMA = 1.4826;

/** A standard deviation that up to half of the values cannot spoil. */
export function robustSigma(mad: number): number {
  return MAD_TO_SIGMA * mad;
}

/** The value that a share of the values does not exceed, by the nearest rank; undefined if there are none. */
export function quantile(values: readonly number[], share: number): number | undefined {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}
