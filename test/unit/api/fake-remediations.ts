import type { RemediationFilter, RemediationListRequest } from '../../../src/api/remediations/remediation-filter.ts';
import type { RemediationSummary } from '../../../src/api/remediations/remediation-summary.ts';
import type {
  HumanAnswer,
  HumanRequest,
  RemediationDetail,
  Remediations,
} from '../../../src/api/remediations/remediations.ts';
import { PageTokenInvalid } from '../../../src/clients/temporal/executions.ts';
import {
  type ApprovalState,
  castVote,
  requestApproval,
  type Vote,
  voteProblem,
} from '../../../src/domain/approval/approval.ts';
import { approvalClauseSchema } from '../../../src/domain/plan/approval-clause.ts';
import type { RemediationStatus } from '../../../src/domain/remediation/remediation.ts';
import type { UndoInput } from '../../../src/contract/remediation.ts';

let serial = 0;

export function aSummary(overrides: Partial<RemediationSummary> = {}): RemediationSummary {
  serial += 1;
  return {
    id: `remediation/default/OrderServiceCPUThrottling/${serial.toString(16).padStart(16, '0')}/1`,
    runId: `run-${serial}`,
    state: 'running',
    execution: 'running',
    alert: 'OrderServiceCPUThrottling',
    target: 'default/production/Deployment/order-service',
    startedAt: new Date(Date.UTC(2026, 0, 1) + serial * 1000).toISOString(),
    ...overrides,
  };
}

export function aStatus(overrides: Partial<RemediationStatus> = {}): RemediationStatus {
  return {
    step: 'awaiting_approval',
    summary: 'scale Deployment production/order-service 2 -> 5: waiting for approval',
    alertResolved: false,
    notified: [],
    timeline: [],
    ...overrides,
  };
}

/** An approval that was asked for just now. */
export function anApproval(clause: Record<string, unknown> = {}): ApprovalState {
  return requestApproval({ clause: approvalClauseSchema.parse(clause), at: Date.now() });
}

/** Remediations in memory, with votes as the workflow takes them; it records what reached it. */
export class FakeRemediations implements Remediations {
  readonly items: RemediationSummary[] = [];
  readonly details = new Map<string, Partial<RemediationDetail>>();
  readonly lists: RemediationListRequest[] = [];
  readonly votes: HumanRequest<Vote>[] = [];
  readonly undone: HumanRequest<UndoInput>[] = [];
  /** Awaited by every call; throw to fail it. */
  gate: () => Promise<void> | void = () => undefined;

  async list(request: RemediationListRequest) {
    await this.gate();
    this.lists.push(request);
    const { state, closedSince, limit, pageToken = '0' } = request;
    const start = Number(pageToken);
    if (!Number.isInteger(start)) throw new PageTokenInvalid('this is no token of a page');
    const items = this.items.filter(
      (item) =>
        (state === undefined || item.state === state) &&
        (closedSince === undefined || (item.closedAt !== undefined && item.closedAt >= closedSince)),
    );
    const end = start + limit;
    return { items: items.slice(start, end), ...(end < items.length ? { nextPageToken: String(end) } : {}) };
  }

  async count(_filter: RemediationFilter) {
    await this.gate();
    return this.items.length;
  }

  async get(id: string): Promise<RemediationDetail | undefined> {
    await this.gate();
    const remediation = this.items.find((item) => item.id === id);
    return remediation && { remediation, links: {}, ...this.details.get(id) };
  }

  async vote(request: HumanRequest<Vote>): Promise<HumanAnswer<ApprovalState>> {
    await this.gate();
    this.votes.push(request);
    const { id, input } = request;
    const detail = await this.get(id);
    if (detail === undefined) return { status: 'not_found' };
    const { outcome, state } = detail.remediation;
    if (state === 'closed') return { status: 'ended', ...(outcome === undefined ? {} : { outcome }) };
    const approval = detail.status?.approval;
    if (approval === undefined) return { status: 'refused', reason: 'nothing is waiting for an approval here' };
    const reason = voteProblem(approval, input, Date.now());
    if (reason !== undefined) return { status: 'refused', reason };
    const next = castVote(approval, input, Date.now());
    this.details.set(id, { ...detail, status: aStatus({ ...detail.status, approval: next }) });
    return { status: 'done', value: next };
  }

  async undo(request: HumanRequest<UndoInput>): Promise<HumanAnswer<unknown>> {
    await this.gate();
    this.undone.push(request);
    return (await this.get(request.id)) === undefined ? { status: 'not_found' } : { status: 'done', value: 'watching' };
  }

  /** Adds one that waits for an approval. */
  waiting(clause: Record<string, unknown> = {}, status: Partial<RemediationStatus> = {}): RemediationSummary {
    const summary = aSummary({ waiting: 'approval' });
    this.items.push(summary);
    this.details.set(summary.id, { status: aStatus({ approval: anApproval(clause), ...status }) });
    return summary;
  }
}
