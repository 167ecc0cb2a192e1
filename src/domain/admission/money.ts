import type { BudgetVerdict } from '../cost/cost.ts';
import { reservationVerdict } from '../guards/budget-reservation.ts';
import { commit, commitVanished, release, renamed, reserve } from '../guards/ledger.ts';
import type { AdmitRequest } from './admission.ts';
import type { Draft } from './draft.ts';
import { ledgerName } from './scene.ts';

/**
 * Reserves what a change costs; undefined: it costs nothing, or nobody has to be asked. Where the target alone is asked
 * for, it only says what it would say now, so that no human is asked about what there is no money for.
 */
export function reserveMoney(draft: Draft, { remediationId, money, only }: AdmitRequest): BudgetVerdict | undefined {
  if (money === undefined) return undefined;
  const { budget, scopeKey, currency, daily, amount, change } = money;
  const { state, answer } = reserve(draft.ledger({ budget, scopeKey }), { ...money, remediationId }, draft.now);
  const isHeld = only === undefined;
  if (isHeld) draft.keepLedger({ budget, scopeKey }, state);
  return reservationVerdict(
    { budget, currency, daily },
    {
      ...{ added: amount, change, answer, usageKnown: money.usage !== null },
      ...(isHeld ? { ledger: ledgerName(money) } : {}),
    },
  );
}

/** The change stays, or it does not: its money is committed, or free. */
export function settleMoney(draft: Draft, remediationId: string, keep: boolean): void {
  for (const key of draft.ledgersOf(remediationId)) {
    draft.keepLedger(key, (keep ? commit : release)(draft.ledger(key), remediationId, draft.now));
  }
}

/**
 * The money of one plan of a ladder, when the next is tried: spent under a name of its own, so that it is not taken for the
 * next plan's, or free.
 */
export function setMoneyAside(
  draft: Draft,
  { remediationId, rung, keep }: { readonly remediationId: string; readonly rung: number; readonly keep: boolean },
): void {
  for (const key of draft.ledgersOf(remediationId)) {
    const ledger = draft.ledger(key);
    draft.keepLedger(
      key,
      keep
        ? renamed(commit(ledger, remediationId, draft.now), { remediationId, to: `${remediationId}#${rung}` })
        : release(ledger, remediationId, draft.now),
    );
  }
}

/** Whether the change was made is not known: usage will show it or not. */
export function holdVanishedMoney(draft: Draft, remediationId: string): void {
  for (const key of draft.ledgersOf(remediationId)) {
    draft.keepLedger(key, commitVanished(draft.ledger(key), remediationId, draft.now));
  }
}
