import type { AuditKind, AuditRow } from '../audit-entry.ts';

/** How much an entry matters to the operator of many systems. */
export type AuditSeverity = 'info' | 'notice' | 'warning';

const SEVERITY: Record<AuditKind, AuditSeverity> = {
  decision: 'info',
  approval: 'notice',
  effect_intended: 'info',
  effect_done: 'notice',
  effect_failed: 'warning',
  compensation: 'warning',
  outcome: 'info',
  config: 'notice',
  policy: 'notice',
  guard: 'notice',
  order: 'notice',
  access: 'warning',
  checkpoint: 'info',
};

export function severityOf({ kind }: Pick<AuditRow, 'kind'>): AuditSeverity {
  return SEVERITY[kind];
}

const NAMES: Record<AuditKind, string> = {
  decision: 'Policy decided',
  approval: 'Human answered an approval',
  effect_intended: 'Change of a target intended',
  effect_done: 'Target changed',
  effect_failed: 'Change of a target failed',
  compensation: 'Change undone',
  outcome: 'Remediation ended',
  config: 'Settings changed',
  policy: 'Policy changed',
  guard: 'Guard changed',
  order: 'Human gave an order',
  access: 'Access refused',
  checkpoint: 'Audit log signed',
};

/** What an entry says, in words that are the same for every entry of its kind. */
export function nameOf({ kind }: Pick<AuditRow, 'kind'>): string {
  return NAMES[kind];
}
