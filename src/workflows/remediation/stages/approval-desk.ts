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
import { Order, type Sealed, saidOf } from '../../../domain/orders/seal.ts';
import type { ApprovalClause } from '../../../domain/plan/approval-clause.ts';
import { Step } from '../../../domain/remediation/remediation.ts';
import { APPROVE_UPDATE, REJECT_UPDATE, type VoteInput } from '../../../contract/remediation.ts';
import type { AuditFact, AuditTrail } from '../audit-trail.ts';
import { type Ending, healthy } from '../ending.ts';
import { fail } from '../fault.ts';
import type { OrderDoor } from '../order-door.ts';
import type { RemediationRecord } from '../record.ts';
import { WaitingFor } from '../../../contract/search-attributes.ts';

type SealedVote = Sealed<VoteInput>;

export const approveUpdate = defineUpdate<ApprovalState, [SealedVote]>(APPROVE_UPDATE);
export const rejectUpdate = defineUpdate<ApprovalState, [SealedVote]>(REJECT_UPDATE);

/** Where people say yes or no to what is planned. What cannot count is refused before it enters the history. */
export class ApprovalDesk {
  readonly #record: RemediationRecord;
  readonly #door: OrderDoor;
  readonly #audit: AuditTrail;

  constructor({ record, door, audit }: { record: RemediationRecord; door: OrderDoor; audit: AuditTrail }) {
    this.#record = record;
    this.#door = door;
    this.#audit = audit;
    const validator = (approve: boolean) => ({
      validator: (input: SealedVote) => {
        door.check(input);
        const problem = this.#problem({ ...input, approve });
        if (problem !== undefined) throw new Error(problem); // What the voter gets to read.
      },
    });
    setHandler(approveUpdate, (input) => this.#cast(input, true), validator(true));
    setHandler(rejectUpdate, (input) => this.#cast(input, false), validator(false));
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

  async #cast(input: SealedVote, approve: boolean): Promise<ApprovalState> {
    const round = this.#state?.requestedAt;
    const order = approve ? Order.Approve : Order.Reject;
    await this.#door.require({ order, input, ...(round === undefined ? {} : { round }) });
    const vote: Vote = { ...saidOf(input), approve };
    const state = this.#state;
    // Others may have voted, and the time may have passed, while it was verified.
    const problem = state?.requestedAt === round ? this.#problem(vote) : 'it was cast for another request';
    if (state === undefined || problem !== undefined) throw fail('OrderRefused', problem ?? 'nothing was asked');
    const next = castVote(state, vote, Date.now());
    this.#record.enter(this.#record.step, describeApproval(next), { approval: next });
    const fact = votesCast(next, this.#record.findings.planned?.title).at(-1);
    if (fact !== undefined) this.#audit.offer(fact);
    return next;
  }

  /** Why a vote cannot count, whoever signed it. */
  #problem(vote: Vote): string | undefined {
    const state = this.#state;
    // The signal may have come in the same moment, before the wait for votes has ended.
    const resolved = state?.status === 'pending' && this.#record.findings.alertResolved;
    if (state === undefined) return 'nothing is waiting for an approval here';
    if (resolved) return describeApproval(endApproval(state, 'moot', Date.now()));
    return voteProblem(state, vote, Date.now());
  }
}

/** The rows of all votes of a request: each has its key, whoever hands it in again. */
export function votesCast({ requestedAt, votes }: ApprovalState, change: string | undefined): AuditFact[] {
  return votes.map(({ by, approve, reason, via, at, roles }, index) => ({
    kind: 'approval',
    step: `approval/${requestedAt}/${index}`,
    actor: by,
    data: { approve, reason, via, at, roles: [...roles], change: change ?? null },
  }));
}
