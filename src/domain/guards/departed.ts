import type { Moment } from './machine.ts';

/** A remediation that has left. Its late or repeated `enter` must not make it a holder that nobody ever frees. */
export interface Departed {
  readonly remediationId: string;
  /** Epoch ms. */
  readonly at: number;
  /** Whose end it shared. */
  readonly leader?: string;
}

/** Newest ones kept; some 100 bytes each in the state that a guard carries from run to run. */
const MAX_DEPARTED = 2000;

export function withDeparted(departed: readonly Departed[], more: readonly Departed[]): readonly Departed[] {
  const known = new Set(departed.map(({ remediationId }) => remediationId));
  const added = more.filter(({ remediationId }) => !known.has(remediationId));
  return added.length === 0 ? departed : [...departed, ...added].slice(-MAX_DEPARTED);
}

export function stillRemembered(departed: readonly Departed[], { now, rememberMs }: Moment): readonly Departed[] {
  const first = departed[0];
  if (first === undefined || first.at + rememberMs > now) return departed; // Oldest first.
  return departed.filter(({ at }) => at + rememberMs > now);
}
