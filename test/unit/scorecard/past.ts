import type { PastRemediation } from '../../../src/domain/promotion/scorecard.ts';

const DAY = 86_400_000;
let serial = 0;

/** A remediation that ended; each call gives one that ended a minute later. */
export function past(overrides: Partial<PastRemediation> = {}): PastRemediation {
  serial += 1;
  const closedAt = 20_000 * DAY + serial * 60_000;
  return {
    ...{ rule: 'throttling', outcome: 'remediated', mode: 'approve', action: 'scale' },
    ...{ startedAt: closedAt - 30_000, closedAt },
    ...overrides,
  };
}

/** So many, the oldest first. */
export function many(count: number, overrides: Partial<PastRemediation> = {}): PastRemediation[] {
  return Array.from({ length: count }, () => past(overrides));
}
