import type { BudgetVerdict } from '../cost/cost.ts';
import { digitsToTell } from '../cost/money.ts';
import { LedgerReason, type ReserveAnswer } from './ledger-state.ts';

/** Which budget a change wants money of. */
export interface BudgetTerms {
  readonly budget: string;
  readonly currency: string;
  readonly daily: number;
}

/** A change that does not get as far as a ledger, because its cost or whose cost it is cannot be told. */
export function notReserved(terms: BudgetTerms, { added, why }: { added: number | null; why: string }): BudgetVerdict {
  return {
    ...{ ...terms, allowed: false, added, committed: null, projected: null },
    reason: `Cost unknown, so not allowed by budget ${terms.budget}: ${why}`,
  };
}

export interface ReservationFindings {
  /** What the change costs. */
  readonly added: number;
  /** For people: `3 more Pods for 4 h`. */
  readonly change: string;
  readonly answer: ReserveAnswer;
  /** Whether the cost source could be asked; if not, the last usage known was compared with. */
  readonly usageKnown: boolean;
  /** The ledger that holds it, `<budget>/<scope>`; absent: it was only asked. */
  readonly ledger?: string;
}

/** What a ledger answered, as a verdict with a sentence for people. */
export function reservationVerdict(terms: BudgetTerms, findings: ReservationFindings): BudgetVerdict {
  const { allowed, outstanding, usage, reason } = findings.answer;
  const isCompared = reason === LedgerReason.Within || reason === LedgerReason.Over;
  return {
    ...{ ...terms, allowed, outstanding, projected: isCompared ? findings.answer.projected : null },
    committed: findings.usageKnown ? usage : null,
    added: findings.added,
    reason: sentence(terms, findings),
    ...(allowed && findings.ledger !== undefined ? { ledger: findings.ledger } : {}),
  };
}

function sentence({ budget, currency, daily }: BudgetTerms, findings: ReservationFindings): string {
  const { added, change, answer, usageKnown } = findings;
  const { reason, outstanding, usage, projected } = answer;
  const digits = digitsToTell(added, projected ?? 0, daily);
  const money = (amount: number) => `${amount.toFixed(digits)} ${currency}`;
  switch (reason) {
    case LedgerReason.Within:
    case LedgerReason.Over: {
      const running = `${money(usage ?? 0)} a day${usageKnown ? '' : ' as last known'}`;
      const held = outstanding > 0 ? ` and ${money(outstanding)} held for other changes` : '';
      return (
        `${change} cost ${money(added)} on top of ${running}${held}: ${money(projected ?? 0)} is ` +
        `${reason === LedgerReason.Within ? 'within' : 'over'} the ${money(daily)} a day of budget ${budget}`
      );
    }
    case LedgerReason.UsageTooOld:
      return `Cost unknown, so not allowed by budget ${budget}: what runs now was measured too long ago, or two clocks differ`;
    case LedgerReason.Senseless:
      return `Cost unknown, so not allowed by budget ${budget}: the figures do not add up to an amount`;
  }
}
