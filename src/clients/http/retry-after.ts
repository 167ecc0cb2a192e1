/** A server must not be able to put off a remediation, or the page to a human, for longer than this. */
const LONGEST_MS = 10 * 60 * 1000;

/**
 * Milliseconds that a `Retry-After` header asks to wait, given as seconds or as a date; undefined if it is neither.
 * Source: RFC 9110, section 10.2.3.
 */
export function retryAfterMs(header: string | string[] | undefined, now = Date.now()): number | undefined {
  if (typeof header !== 'string') return undefined;
  const wait = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isNaN(wait) ? undefined : Math.min(LONGEST_MS, Math.max(0, wait));
}
