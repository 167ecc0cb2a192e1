import { condition, defineUpdate, setHandler } from '@temporalio/workflow';
import {
  type ApprovalState,
  castVote,
  describeApproval,
  endApproval,
  requestApproval,
  type Vote,
  voteProblem,
} from '../../../domain/approval/approval.ts';
import { Outcome } from '../../../domain/remediation/outcome.ts';
import type { ApprovalClause } from '../../../domain/plan/approval-clause.ts';
import { Step } from '../../../domain/remediation/remediation.ts';
import { APPROVE_UPDATE, REJECT_UPDATE, type VoteInput } from '../../../contract/remediation.ts';
import type { Ending } from '../ending.ts';
import { fail } from '../fault.ts';
import type { RemediationRecord } from '../record.ts';
import { WaitingFor } from '../../../contract/search-attributes.ts';
import { healthy } from './admission-pass.ts';

export const approveUpdate = defineUpdate<ApprovalState, [VoteInput]>(APPROVE_UPDATE);
export const rejectUpdate = defineUpdate<ApprovalState, [VoteInput]>(REJECT_UPDATE);

/** Where people say yes or no to what is planned. Votes are checked before they enter the history. */
export class ApprovalDesk {
  readonly #record: RemediationRecord;

  constructor(record: RemediationRecord) {
    this.#record = record;
    setHandler(approveUpdate, (input) => this.#cast({ ...input, approve: true }), {
      validator: (input: VoteInput) => this.#check({ ...input, approve: true }),
    });
    setHandler(rejectUpdate, (input) => this.#cast({ ...input, approve: false }), {
      validator: (input: VoteInput) => this.#check({ ...input, approve: false }),
    });
  }

  /** Asks, and tells people that it asks, for which somebody else waits too; returns how the remediation ends if nobody says yes. */
  async ask(clause: ApprovalClause, title: string, tell: () => Promise<void>): Promise<Ending | undefined> {
    const record = this.#record;
    const asked = requestApproval({ clause, at: Date.now() });
    record.enter(Step.AwaitingApproval, `${title}: ${describeApproval(asked)}`, { approval: asked });
    // Beside the wait: a channel that is down must not keep anybody from approving, nor from what was approved.
    void tell();
    await record.whileWaiting(WaitingFor.Approval, () =>
      condition(
        () => this.#state?.status !== 'pending' || record.findings.alertResolved,
        clause.deadlineSeconds * 1000,
        { summary: 'wait for approval' },
      ),
    );
    const how = record.findings.alertResolved ? 'moot' : 'expired';
    const state = endApproval(this.#state ?? asked, how, Date.now());
    record.keep({ approval: state });
    const text = describeApproval(state);
    switch (state.status) {
      case 'approved':
        return undefined;
      case 'rejected':
        return { outcome: Outcome.Denied, text: `${title}: ${text}` };
      case 'moot':
        return healthy();
      case 'expired':
        return { outcome: clause.onDeadline === 'deny' ? Outcome.Denied : Outcome.Expired, text: `${title}: ${text}` };
      case 'pending':
        throw fail('Internal', 'the approval ended undecided');
    }
  }

  get #state(): ApprovalState | undefined {
    return this.#record.findings.approval;
  }

  #cast(vote: Vote): ApprovalState {
    const state = this.#state;
    if (state === undefined) throw fail('Internal', 'nothing was asked');
    const next = castVote(state, vote, Date.now());
    this.#record.enter(this.#record.step, describeApproval(next), { approval: next });
    return next;
  }

  /** A validator throws what the voter gets to read; nothing of it enters the history. */
  #check(vote: Vote): void {
    const state = this.#state;
    // The signal may have come in the same moment, before the wait for votes has ended.
    const resolved = state?.status === 'pending' && this.#record.findings.alertResolved;
    const problem =
      state === undefined
        ? 'nothing is waiting for an approval here'
        : resolved
          ? describeApproval(endApproval(state, 'moot', Date.now()))
          : voteProblem(state, vote, Date.now());
    if (problem !== undefined) throw new Error(problem);
  }
}
