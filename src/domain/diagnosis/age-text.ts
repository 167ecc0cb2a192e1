const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const;

/** `12 min ago`; undefined where no moment is known. `at` is RFC 3339. */
export function ageText(at: unknown, now: number): string | undefined {
  const then = Date.parse(String(at));
  if (Number.isNaN(then)) return undefined;
  const ms = Math.max(0, now - then);
  const [unit, size] = UNITS.find(([, size]) => ms >= size) ?? UNITS[3];
  return `${Math.floor(ms / size)} ${unit} ago`;
}
