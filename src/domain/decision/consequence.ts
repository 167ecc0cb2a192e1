import type { PolicyAnswer } from '../decision.ts';
import { Mode } from './mode.ts';

/** What an alert comes to by what policy alone says of it: flags and settings may make less of a plan. */
export const Consequence = {
  /** Acted on at once. */
  Healed: 'healed',
  /** Acted on when a human has said yes. */
  Asked: 'asked',
  /** Recorded: what would be done. */
  Watched: 'watched',
  /** A human is told. */
  Told: 'told',
  /** Counted, and nobody is told: no rule wants it, or it is too quiet to bother anybody. */
  Counted: 'counted',
} as const;
export type Consequence = (typeof Consequence)[keyof typeof Consequence];

/** From the one that does most on. */
export const CONSEQUENCES: readonly Consequence[] = Object.values(Consequence);

export function consequenceOf(answer: PolicyAnswer): Consequence {
  switch (answer.verdict) {
    case 'plan':
      // Terms of an approval hold in every mode that acts.
      return answer.mode === Mode.Auto && answer.plan.approval !== undefined ? Consequence.Asked : OF_MODE[answer.mode];
    case 'observe':
      return Consequence.Watched;
    case 'human':
      return Consequence.Told;
    case 'reject':
      return Consequence.Counted;
  }
}

const OF_MODE: Readonly<Record<Mode, Consequence>> = {
  [Mode.Off]: Consequence.Counted,
  [Mode.Observe]: Consequence.Watched,
  [Mode.Approve]: Consequence.Asked,
  [Mode.Auto]: Consequence.Healed,
};
