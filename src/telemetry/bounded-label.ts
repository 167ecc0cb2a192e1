/** What a value becomes when its label has no room left. */
export const OTHER = 'other';

/**
 * Keeps a metric label to `limit` distinct values: the first ones seen stay, every later one becomes `other`. Values
 * come from policy and configuration, and a time series is never freed.
 */
export function boundedLabel(limit: number): (value: string) => string {
  const seen = new Set<string>();
  return (value) => {
    if (seen.has(value)) return value;
    if (seen.size >= limit) return OTHER;
    seen.add(value);
    return value;
  };
}
