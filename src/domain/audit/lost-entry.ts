import type { AuditEntry } from './audit-entry.ts';

/** A remediation that is gone without having said how it ended. Temporal does not say who terminates a workflow. */
export function lostEntry({ remediationId, at }: { readonly remediationId: string; readonly at: string }): AuditEntry {
  const text = 'its workflow is gone without a word: terminated at Temporal, or never started';
  return {
    ...{ key: `${remediationId}/lost`, at, actor: 'unknown', kind: 'outcome', remediationId },
    data: { outcome: 'lost', text },
  };
}
