/** What the API answers, by its own types: the page is checked against them, and holds no code of the API. */
export type { GuardOverview, LedgerReading, TargetReading } from '../api/guards/guards.ts';
export type { RemediationSummary } from '../api/remediations/remediation-summary.ts';
export type { RemediationDetail, RemediationPage } from '../api/remediations/remediations.ts';
export type { RemediationStatus } from '../domain/remediation/remediation.ts';
import type { RemediationPage } from '../api/remediations/remediations.ts';

/** Answer of `/me`. */
export interface Me {
  readonly name: string;
  readonly roles: readonly string[];
}

/** Answer of `/remediations`; `total` on the first page only. */
export type ListAnswer = RemediationPage & { readonly total?: number };
