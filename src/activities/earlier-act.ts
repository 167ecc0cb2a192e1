import type { ScheduledActivity } from '../clients/temporal/cut-off-activities.ts';
import type { EffectInput, EffectResult } from '../domain/actions/effects.ts';
import { ACTIONS } from '../domain/actions/index.ts';
import { defined } from '../domain/defined.ts';
import type { FailureType } from '../domain/failures.ts';
import type { EarlierAct } from '../domain/remediation/earlier-act.ts';

const FENCE_CLOSED: FailureType = 'FenceClosed';

/**
 * What the effects that runs of a remediation have scheduled come to, from a rung of its ladder on; undefined: nothing can
 * have been changed by those. Where several have acted it is the last: those before it were undone first, or stay.
 */
export function earlierAct(activities: readonly ScheduledActivity[], fromRung = 1): EarlierAct | undefined {
  const effects = activities
    .filter(({ type }) => Object.hasOwn(ACTIONS, type))
    .filter((activity) => !wasFencedOff(activity))
    .map(({ input, result }) => ({ input: input as EffectInput, result: result as EffectResult | undefined }));
  const act = effects.findLast(({ input }) => input.step === undefined && rungOf(input) >= fromRung);
  if (act === undefined) return undefined;
  const rung = rungOf(act.input);
  const step = effects.findLast(
    ({ input, result }) => input.step !== undefined && result !== undefined && rungOf(input) === rung,
  )?.input.step;
  return {
    ...(rung === 1 ? {} : { rung }),
    planned: act.input.planned,
    ...defined({ result: act.result, value: step?.to }),
  };
}

function rungOf({ rung = 1 }: EffectInput): number {
  return rung;
}

/** For certain: no earlier attempt can have acted either. */
function wasFencedOff({ failure }: ScheduledActivity): boolean {
  if (failure?.type !== FENCE_CLOSED) return false;
  const [, mayHaveActed] = failure.details;
  return mayHaveActed !== true;
}
