import type { Alert } from '../../domain/alert/alert.ts';
import type { ApprovalState, Vote } from '../../domain/approval/approval.ts';
import type { RemediationStatus } from '../../domain/remediation/remediation.ts';
import type { UndoInput } from '../../contract/remediation.ts';
import type { RemediationFilter, RemediationListRequest } from './remediation-filter.ts';
import type { RemediationSummary } from './remediation-summary.ts';

export interface RemediationPage {
  readonly items: readonly RemediationSummary[];
  /** Absent on the last page. */
  readonly nextPageToken?: string;
}

/** All that can be told of one remediation. */
export interface RemediationDetail {
  readonly remediation: RemediationSummary;
  /** What it was started for, as it was then; absent if its history cannot be read. */
  readonly alert?: Alert;
  /** The workflow's own record; absent if no worker answers. */
  readonly status?: RemediationStatus;
  /** Why there is no `status`. */
  readonly statusUnavailable?: string;
  /** `runbook` is there where it may be a link: not the alert's own, or at a host that the settings allow. */
  readonly links: { readonly temporal?: string; readonly trace?: string; readonly runbook?: string };
}

/** What became of something that a person asked of a remediation. */
export type HumanAnswer<T> =
  | { readonly status: 'done'; readonly value: T }
  | { readonly status: 'refused'; readonly reason: string }
  /** It is not running any more; nothing was done. */
  | { readonly status: 'ended'; readonly outcome?: string; /** What can be done instead. */ readonly advice?: string }
  | { readonly status: 'not_found' };

/** Something asked by a person; the same `requestId` again does nothing more and gets the same answer. */
export interface HumanRequest<T> {
  /** As `toRemediationId` gave it. */
  readonly id: string;
  readonly requestId: string;
  readonly input: T;
}

/**
 * The remediations there are, running and ended.
 *
 * @throws MendloopError `TemporalUnavailable` by each of its functions.
 */
export interface Remediations {
  /** By visibility alone, whatever the number of remediations. @throws PageTokenInvalid */
  list(request: RemediationListRequest): Promise<RemediationPage>;
  count(filter: RemediationFilter): Promise<number>;
  get(id: string): Promise<RemediationDetail | undefined>;
  vote(request: HumanRequest<Vote>): Promise<HumanAnswer<ApprovalState>>;
  /** The value is the step at which the workflow heard it. */
  undo(request: HumanRequest<UndoInput>): Promise<HumanAnswer<unknown>>;
}
