import { MendloopError } from '../failures.ts';

const SECONDS = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400, w: 7 * 86_400, y: 365 * 86_400 } as const;
const PART = /(\d+)(ms|[smhdwy])/g;

/**
 * Seconds of a PromQL duration: `5m`, `1h30m`, or a plain number of seconds.
 *
 * @throws MendloopError `QueryInvalid` for any other, negative and computed ones above all.
 */
export function durationSeconds(text: string): number {
  const trimmed = text.trim();
  if (/^(\d+\.?\d*|\.\d+)$/.test(trimmed)) return Number(trimmed);
  const parts = [...trimmed.matchAll(PART)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== trimmed) {
    throw new MendloopError('QueryInvalid', `the query cannot be used: ${trimmed} is not a plain positive duration`);
  }
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * SECONDS[unit as keyof typeof SECONDS], 0);
}
