const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/**
 * An instant from `2026-08-01T00:00:00Z`, or from an age such as `90m`, `24h`, `7d`, `2w`.
 *
 * @throws Error for anything else.
 */
export function parseInstant(text: string, now: number): string {
  const [, count, unit = ''] = /^(\d{1,6})([mhdw])$/.exec(text) ?? [];
  const instant = count === undefined ? Date.parse(text) : now - Number(count) * (UNITS[unit] ?? 0);
  if (Number.isNaN(instant)) {
    throw new Error(`${text} is neither a time (2026-08-01T00:00:00Z) nor an age (90m, 24h, 7d, 2w)`);
  }
  return new Date(instant).toISOString();
}
