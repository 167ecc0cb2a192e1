import type { ScheduledActivity } from '../clients/temporal/cut-off-activities.ts';
import type { EffectInput, EffectResult } from '../domain/actions/effects.ts';
import { ACTIONS } from '../domain/actions/index.ts';
import { defined } from '../domain/defined.ts';
import type { FailureType } from '../domain/failures.ts';
import type { EarlierAct } from '../domain/remediation/earlier-act.ts';

const FENCE_CLOSED: FailureType = 'FenceClosed';

/** What the effects that runs of a remediation have scheduled come to; undefined: nothing can have been changed. */
export function earlierAct(activities: readonly ScheduledActivity[]): EarlierAct | undefined {
  const effects = activities
    .filter(({ type }) => Object.hasOwn(ACTIONS, type))
    .filter((activity) => !wasFencedOff(activity))
    .map(({ input, result }) => ({ input: input as EffectInput, result: result as EffectResult | undefined }));
  const act = effects.findLast(({ input }) => input.step === undefined);
  if (act === undefined) return undefined;
  const step = effects.findLast(({ input, result }) => input.step !== undefined && result !== undefined)?.input.step;
  return { planned: act.input.planned, ...defined({ result: act.result, value: step?.to }) };
}

/** For certain: no earlier attempt can have acted either. */
function wasFencedOff({ failure }: ScheduledActivity): boolean {
  if (failure?.type !== FENCE_CLOSED) return false;
  const [, mayHaveActed] = failure.details;
  return mayHaveActed !== true;
}
