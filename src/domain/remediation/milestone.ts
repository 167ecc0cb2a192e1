/** Points on the way of an alert whose distance from the alert's start is measured. */
export const milestones = ['received', 'decided', 'acted', 'verified', 'resolved'] as const;
export type Milestone = (typeof milestones)[number];

/** No alert is believed to be older; Alertmanager gives up on its own data long before. */
const OLDEST_SECONDS = 30 * 86_400;

/**
 * Seconds from an alert's start to `nowMs`. Clocks differ between hosts: what lies in the future is zero, and an alert
 * that claims to be older than 30 days has no age, because its start is a wrong clock or a missing value.
 */
export function secondsSinceAlert(startsAtMs: number, nowMs: number): number | undefined {
  const seconds = (nowMs - startsAtMs) / 1000;
  return seconds <= OLDEST_SECONDS ? Math.max(0, seconds) : undefined;
}
