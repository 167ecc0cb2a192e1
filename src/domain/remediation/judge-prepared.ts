import { whereInGit, whyNotSuspended, wouldPutBack } from '../gitops/judge-appliers.ts';
import type { Plan } from '../plan/plan.ts';
import { nameTarget } from '../target/name-target.ts';
import { preludeChange } from './prelude-state.ts';
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
  { planned, prelude, source, evidence, objective, money }: Prepared,
  { gitOps, hasHuman = false }: { readonly gitOps?: Plan['gitOps']; readonly hasHuman?: boolean | undefined } = {},
): PreparedVerdict {
  if (source.status === 'not_firing') return no(PreparedObjection.NotFiring, `${source.text}; asked: ${source.asked}`);
  if (evidence?.enough === false) return no(PreparedObjection.Doubtful, evidence.summary);
  const before = preludeChange(prelude);
  const changes = planned.isDone ? [] : [planned, ...(before === undefined ? [] : [before])];
  const applied = changes.flatMap(({ target, ownership }) =>
    ownership?.appliedBy === undefined
      ? []
      : [
          {
            // What the plan is about needs no name.
            text: `${target === planned.target ? 'it' : nameTarget(target)} is applied by ${ownership.appliedBy}`,
            where: whereInGit(ownership),
            whyNot: whyNotSuspended(ownership),
            then: wouldPutBack(ownership),
          },
        ],
  );
  for (const { text, where, whyNot, then } of applied) {
    if ((gitOps ?? 'leave') === 'leave') {
      return no(PreparedObjection.InGit, `${text}, ${then}${where}`);
    }
    if (gitOps === 'suspend' && whyNot !== undefined) return no(PreparedObjection.InGit, `${text}, ${whyNot}${where}`);
  }
  if (objective.status === 'unknown') return no(PreparedObjection.Unmeasurable, objective.text);
  if (objective.status === 'met') return no(PreparedObjection.HoldsAlready, objective.text);
  if (money !== undefined && 'refused' in money) return no(PreparedObjection.CostUnknown, money.refused.reason);
  const [first] = applied;
  if (first !== undefined && gitOps === 'human' && !hasHuman) {
    return no(PreparedObjection.NeedsHuman, `${first.text}, which may put it back${first.where}`);
  }
  return { go: true };
}

function no(why: PreparedObjection, text: string): PreparedVerdict {
  return { go: false, why, text };
}
