import type { Cure, TargetHold } from './target-state.ts';

/** Cures of different alerts that are watched for a flap. */
const MAX_CURES = 100;

/** The holder's alert was cured now, and has to stay so for as long as its clause says. */
export function withCure(cures: readonly Cure[], { alertKey, clause }: TargetHold, now: number): readonly Cure[] {
  const until = now + clause.flapSeconds * 1000;
  if (until <= now) return cures;
  return [...cures.filter((candidate) => candidate.alertKey !== alertKey), { alertKey, at: now, until }].slice(
    -MAX_CURES,
  );
}
