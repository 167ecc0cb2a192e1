import type { AuditEntry } from '../audit/audit-entry.ts';
import type { HumanOrder } from '../guards/human-order.ts';
import { bounded } from '../guards/recent.ts';
import { learn } from '../guards/target-rules.ts';
import { rounded } from '../cost/money.ts';
import type { AdmitRequest, LeaveRequest, MoneyAsk } from './admission.ts';
import { type Claim, ClaimStatus, isWaiting, SlotStatus } from './claim.ts';
import type { Draft } from './draft.ts';
import { leaveGroup } from './leave-group.ts';
import { leave, vanish } from './leave.ts';
import { offerTurns, revokeOffers } from './line.ts';
import { rankOf } from './severity.ts';

/** What a remediation asked for, without what only matters at the moment of asking. */
export type Asked = Omit<AdmitRequest, 'audit'>;

/** A remediation that is open in Temporal, as its own history tells. */
export interface OpenRemediation {
  readonly remediationId: string;
  readonly cluster: string;
  /** Its last grant; absent: it holds nothing, waits, or has joined. */
  readonly holds?: {
    readonly asked: Asked;
    readonly epoch: number;
    /** It has not given its slot back. */
    readonly slot: boolean;
    /** It only leases the target any more. */
    readonly lends: boolean;
  };
}

/** A remediation that has ended, as its history tells. */
export interface EndedRemediation {
  readonly asked: Asked;
  readonly leave: LeaveRequest;
}

/** What is known outside of the store about one cluster. */
export interface Truth {
  readonly cluster: string;
  readonly open: readonly OpenRemediation[];
  readonly ended: readonly EndedRemediation[];
  /** Open too, as far as the store knows them: what they hold by their own history is not known. */
  readonly alsoOpen: ReadonlySet<string>;
  /** Absent: none is remembered. */
  readonly pause?: HumanOrder;
  readonly audit: AuditEntry;
}

export interface Reconciled {
  readonly reinstated: readonly string[];
  readonly freed: readonly string[];
  readonly refused: readonly string[];
}

/**
 * Makes the claims of a store that lost commits agree with the remediations: what has ended is counted and gone, what is
 * held is held again, and what waits is woken to ask again. Every claim of the cluster has to have been read.
 */
export function reconcile(draft: Draft, truth: Truth): Reconciled {
  draft.record([truth.audit]);
  if (truth.pause !== undefined && draft.pause === undefined) {
    const { by, reason } = truth.pause;
    draft.pause = { by: bounded(by), reason: bounded(reason), since: draft.now };
  }
  revokeOffers(draft);
  for (const ended of truth.ended) recount(draft, ended);
  const open = new Map(truth.open.map((remediation) => [remediation.remediationId, remediation]));
  const known = draft.claims.all().map(({ remediationId }) => remediationId);
  const freed = vanish(
    draft,
    known.filter((id) => !open.has(id) && !truth.alsoOpen.has(id)),
  );
  for (const claim of draft.claims.all()) {
    const { remediationId, status } = claim;
    if (status !== ClaimStatus.Held || truth.alsoOpen.has(remediationId)) continue;
    if (!isHeldBy(claim, open.get(remediationId))) dismiss(draft, claim);
  }
  const reinstated: string[] = [];
  const refused: string[] = [];
  for (const { remediationId, holds } of truth.open) {
    if (holds === undefined) continue;
    (reinstate(draft, holds) ? reinstated : refused).push(remediationId);
  }
  draft.mail.startPacing();
  offerTurns(draft);
  wakeOthers(draft, truth.open);
  return { reinstated, freed, refused };
}

/** A remediation that ended in what was lost: its change counts, and it has left. */
function recount(draft: Draft, { asked, leave: request }: EndedRemediation): void {
  const { remediationId } = request;
  if (draft.claims.tombstone(remediationId) !== undefined) return;
  if (draft.claims.get(remediationId) === undefined) {
    const { target } = asked;
    const { outcome, text, acted } = request;
    const changedAt = Math.min(request.actedAt ?? draft.now, draft.now);
    draft.remember(
      target,
      learn(draft.memory(target), asked, { outcome, text, acted, changedAt, cureCounted: false }, draft.now),
    );
    if (acted) draft.act({ ...asked, remediationId }, changedAt);
    if (asked.money !== undefined && request.keepMoney) spend(draft, remediationId, asked.money, draft.now);
  }
  leave(draft, { ...request, what: 'all' });
}

function isHeldBy({ target }: Claim, remediation: OpenRemediation | undefined): boolean {
  return remediation?.holds?.asked.target === target;
}

/** By its own record it holds nothing, or something else. */
function dismiss(draft: Draft, claim: Claim): void {
  leaveGroup(draft, claim);
  draft.claims.remove(claim.remediationId);
}

/** False if another one holds what it believes to hold. */
function reinstate(draft: Draft, { asked, epoch, slot, lends }: NonNullable<OpenRemediation['holds']>): boolean {
  const { remediationId, namespace, target, locks, action, alertKey, clause, workloadsInNamespace = 0, only } = asked;
  const known = draft.claims.get(remediationId);
  const claim: Claim = {
    ...{ remediationId, namespace, target, locks, action, alertKey, clause, workloadsInNamespace, epoch },
    ...{ arrived: draft.arrive(), group: `${target}#${draft.arrive()}`, since: draft.now, heldBack: false },
    ...known,
    ...{ status: ClaimStatus.Held, slot: slot ? SlotStatus.Taken : SlotStatus.None, misses: 0, notBefore: 0 },
    ...{ epoch, wants: only ?? 'all', rank: rankOf(asked.severity) },
    ...(lends ? { lendsSince: known?.lendsSince ?? draft.now } : {}),
  };
  if (draft.claims.takersOf(claim).length > 0) {
    if (known !== undefined) dismiss(draft, known);
    return false;
  }
  draft.claims.put(claim);
  if (asked.money !== undefined && slot) spend(draft, remediationId, asked.money);
  return true;
}

/** The money is out, whatever the day allows. */
function spend(draft: Draft, remediationId: string, money: MoneyAsk, committedAt?: number): void {
  const state = draft.ledger(money);
  if (state.reservations.some((reservation) => reservation.remediationId === remediationId)) return;
  const { amount, daily, currency, settleSeconds } = money;
  const reservation = {
    ...{ remediationId, amount: rounded(amount), daily, since: draft.now, settleMs: settleSeconds * 1000 },
    ...{ reinstated: true, ...(committedAt === undefined ? {} : { committedAt }) },
  };
  draft.keepLedger(money, { ...state, daily, currency, reservations: [...state.reservations, reservation] });
}

/** Those that hold nothing may have lost their place, or a wake-up: they ask again, one after the other. */
function wakeOthers(draft: Draft, open: readonly OpenRemediation[]): void {
  for (const { remediationId } of open) {
    const claim = draft.claims.get(remediationId);
    if (claim?.status === ClaimStatus.Held && !isWaiting(claim)) continue;
    if (!draft.mail.isWoken(remediationId)) draft.mail.wakeInTurn(remediationId);
  }
}
