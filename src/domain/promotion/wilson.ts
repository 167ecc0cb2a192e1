/** Of the standard normal distribution: 95 % lie below it. */
const Z = 1.6449;

/**
 * Lower end of Wilson's score interval, one-sided at 95 %: what a share is at least, given `successes` of `trials`. With
 * few trials it is far below the share that was seen: 0.649 for 5 of 5, 0.88 for 20 of 20.
 *
 * Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference (1927).
 */
export function wilsonLowerBound(successes: number, trials: number): number {
  // The formula gives zero without any success, but for rounding.
  if (successes === 0) return 0;
  const share = successes / trials;
  const squared = Z * Z;
  const centre = share + squared / (2 * trials);
  const margin = Z * Math.sqrt((share * (1 - share) + squared / (4 * trials)) / trials);
  return Math.max(0, (centre - margin) / (1 + squared / trials));
}
