import type { EvidenceClause } from '../plan/evidence-clause.ts';

/** Logs and traces take their time; what Prometheus knows comes at once. */
export function isSlow({ signals }: EvidenceClause): boolean {
  return signals.some(({ source }) => source.kind !== 'prometheus');
}
