const UNITS = [
  ['day', 86_400],
  ['h', 3600],
  ['min', 60],
] as const;

/** A length of time in its largest whole unit, for a sentence: `2 days`, `24 h`, `90 s`. */
export function spanText(seconds: number): string {
  // A day is said as hours: `within 24 h`.
  const [unit, size] = UNITS.find(([name, size]) => seconds >= size * (name === 'day' ? 2 : 1)) ?? ['s', 1];
  const count = Math.floor(seconds / size);
  return unit === 'day' ? `${count} days` : `${count} ${unit}`;
}
