import type { PlannedChange, ProofSubject } from './contract.ts';

/** What the conditions of a planned change are judged on. */
export function subjectOf({ subject, target }: Pick<PlannedChange, 'subject' | 'target'>): ProofSubject {
  return subject ?? { target };
}
