import { whereInGit, whyNotSuspended, wouldPutBack } from '../gitops/judge-appliers.ts';
import type { Plan } from '../plan/plan.ts';
import type { Prepared } from './prepared.ts';

/** Whether what was read allows to go on; else why not. */
export type PreparedVerdict =
  { readonly go: true } | { readonly go: false; readonly why: PreparedObjection; readonly text: string };

export const PreparedObjection = {
  /** The source does not know the alert as firing. */
  NotFiring: 'not_firing',
  /** Too little evidence. */
  Doubtful: 'doubtful',
  /** Something else applies the object, and policy leaves such objects alone. */
  InGit: 'in_git',
  /** The same, and policy wants a human to say yes. */
  NeedsHuman: 'needs_human',
  /** The objective cannot be measured. */
  Unmeasurable: 'unmeasurable',
  /** The objective holds already. */
  HoldsAlready: 'holds_already',
  /** What it costs, or whose money it is, is not known. */
  CostUnknown: 'cost_unknown',
} as const;
export type PreparedObjection = (typeof PreparedObjection)[keyof typeof PreparedObjection];

/** The first objection, in the order in which a human would ask: is it so, is it sure, can it be proven, may it cost that. */
export function judgePrepared(
  { planned, source, evidence, objective, money }: Prepared,
  { gitOps, hasHuman = false }: { readonly gitOps?: Plan['gitOps']; readonly hasHuman?: boolean | undefined } = {},
): PreparedVerdict {
  if (source.status === 'not_firing') return no(PreparedObjection.NotFiring, `${source.text}; asked: ${source.asked}`);
  if (evidence?.enough === false) return no(PreparedObjection.Doubtful, evidence.summary);
  const { ownership } = planned;
  const appliedBy = planned.isDone ? undefined : ownership?.appliedBy;
  if (appliedBy !== undefined && (gitOps ?? 'leave') === 'leave') {
    const where = whereInGit(ownership ?? {});
    return no(PreparedObjection.InGit, `it is applied by ${appliedBy}, ${wouldPutBack(ownership ?? {})}${where}`);
  }
  if (appliedBy !== undefined && gitOps === 'suspend') {
    const why = whyNotSuspended(ownership ?? {});
    const where = whereInGit(ownership ?? {});
    if (why !== undefined) return no(PreparedObjection.InGit, `it is applied by ${appliedBy}, ${why}${where}`);
  }
  if (objective.status === 'unknown') return no(PreparedObjection.Unmeasurable, objective.text);
  if (objective.status === 'met') return no(PreparedObjection.HoldsAlready, objective.text);
  if (money !== undefined && 'refused' in money) return no(PreparedObjection.CostUnknown, money.refused.reason);
  if (appliedBy !== undefined && gitOps === 'human' && !hasHuman) {
    const where = whereInGit(ownership ?? {});
    return no(PreparedObjection.NeedsHuman, `it is applied by ${appliedBy}, which may put it back${where}`);
  }
  return { go: true };
}

function no(why: PreparedObjection, text: string): PreparedVerdict {
  return { go: false, why, text };
}
