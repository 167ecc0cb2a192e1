import type { ScheduledActivity } from '../clients/temporal/cut-off-activities.ts';
import type { EffectInput, EffectResult } from '../domain/actions/effects.ts';
import { ACTIONS } from '../domain/actions/index.ts';
import { defined } from '../domain/defined.ts';
import type { FailureType } from '../domain/failures.ts';
import type { EarlierAct, EarlierPrelude } from '../domain/remediation/earlier-act.ts';

const FENCE_CLOSED: FailureType = 'FenceClosed';

/**
 * What the effects that runs of a remediation have scheduled come to, from a rung of its ladder on; undefined: nothing can
 * have been changed by those. Where several have acted it is the last: those before it were undone first, or stay.
 */
export function earlierAct(activities: readonly ScheduledActivity[], fromRung = 1): EarlierAct | undefined {
  const effects = effectsOf(activities);
  const act = effects.findLast(
    ({ input }) => input.step === undefined && input.prelude !== true && rungOf(input) >= fromRung,
  );
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

/** The prelude that runs of a remediation have left standing, or may have; undefined: none. */
export function earlierPrelude(activities: readonly ScheduledActivity[]): EarlierPrelude | undefined {
  const prelude = effectsOf(activities).findLast(({ input }) => input.prelude === true);
  if (prelude === undefined) return undefined;
  const { input, result, place } = prelude;
  const isGivenBack = activities
    .slice(place)
    .some(
      ({ type, input: undone, result: found }) => type === 'undoEffect' && found !== undefined && isOf(undone, input),
    );
  if (isGivenBack) return undefined;
  return { planned: input.planned, epoch: input.epoch, ...defined({ result }) };
}

function isOf(undone: unknown, { planned: { uid, action } }: EffectInput): boolean {
  const { planned } = undone as Pick<EffectInput, 'planned'>;
  return planned.uid === uid && planned.action === action;
}

function effectsOf(activities: readonly ScheduledActivity[]) {
  return activities
    .map((activity, place) => ({ ...activity, place }))
    .filter(({ type }) => Object.hasOwn(ACTIONS, type))
    .filter((activity) => !wasFencedOff(activity))
    .map(({ input, result, place }) => ({
      input: input as EffectInput,
      result: result as EffectResult | undefined,
      place,
    }));
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
