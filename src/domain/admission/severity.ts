/** Slots go to the most severe first. */
export const Severity = { Critical: 'critical', Warning: 'warning', Info: 'info' } as const;
export type Severity = (typeof Severity)[keyof typeof Severity];

const CRITICAL: readonly string[] = ['critical', 'page', 'emergency', 'error'];

/** From an alert's label, whatever its sender calls it. */
export function severityOf(label: string | undefined): Severity {
  const value = (label ?? '').toLowerCase();
  if (CRITICAL.includes(value)) return Severity.Critical;
  return value === Severity.Info || value === 'none' ? Severity.Info : Severity.Warning;
}

/** For sorting: the smaller, the sooner. */
export function rankOf(severity: Severity): number {
  return { [Severity.Critical]: 0, [Severity.Warning]: 1, [Severity.Info]: 2 }[severity];
}

/** After every alert: of what only wants a target back. */
export const LAST_RANK = 9;
