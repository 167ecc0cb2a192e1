/** What the API answers, by its own types: the page is checked against them, and holds no code of the API. */
export type { RemediationSummary } from '../api/remediations/remediation-summary.ts';
export type { RemediationDetail, RemediationPage } from '../api/remediations/remediations.ts';
export type { GuardOverview, LedgerReading, TargetReading } from '../domain/guards/overview.ts';
export type { RemediationStatus } from '../domain/remediation/remediation.ts';
import type { UnhandledAlert } from '../domain/incident/unhandled.ts';
import type { RemediationPage } from '../api/remediations/remediations.ts';

/** Answer of `/me`. */
export interface Me {
  readonly name: string;
  readonly roles: readonly string[];
}

/** Answer of `/remediations`; `total` on the first page only. */
export type ListAnswer = RemediationPage & { readonly total?: number };

/** Of an alert that no rule wants; `stub` is a rule to begin with, where there is none about such alerts. */
export type Unhandled = UnhandledAlert & { readonly stub?: string };

/** Answer of `/unhandled`. */
export interface UnhandledAnswer {
  readonly alerts: readonly Unhandled[];
}
