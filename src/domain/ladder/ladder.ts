import type { FailureType } from '../failures.ts';
import type { LadderState, TriedRung } from './ladder-state.ts';

/** The action itself would not do it, by what it saw of the target. */
const REFUSALS_TO_ACT = [
  'AutoscalerLimit',
  'ReplicaLimit',
  'LimitReached',
  'NotIndicated',
  'TooSoon',
  'NoRoom',
  'PreconditionNotMet',
  'RolloutUnderWay',
  'RevisionUnsuitable',
  'DisruptionUnsafe',
] as const satisfies readonly FailureType[];

/** As it was seen, the target was not to be acted on; it may have been seen in the middle of another's change. */
const REFUSALS_OF_WHAT_WAS_SEEN: readonly FailureType[] = [
  ...REFUSALS_TO_ACT,
  'RolloutHeld',
  'QuotaExhausted',
  'TargetNotFound',
  'TargetReplaced',
  'TargetHeld',
];

/**
 * Faults after which the next plan is tried: the cure was disproven, the effect came to nothing, or the action itself would
 * not do it. Whatever could not be judged, was taken away by another hand, or hurt a neighbour is a human's matter.
 */
const GOES_ON: readonly FailureType[] = [
  'VerificationFailed',
  'EffectFailed',
  'EffectTimedOut',
  'DisruptionRefused',
  ...REFUSALS_TO_ACT,
];

/** Whether another remediation's change of the target may be why it was refused. */
export function isRefusalOfWhatWasSeen(type: FailureType): boolean {
  return REFUSALS_OF_WHAT_WAS_SEEN.includes(type);
}

export function goesOn(type: FailureType): boolean {
  return GOES_ON.includes(type);
}

/** What keys of one rung begin with, so that no two of a ladder are the same; those of the first stand alone. */
export function rungKey(rung: number): string {
  return rung === 1 ? '' : `rung-${rung}/`;
}

/** `2 of 3`; undefined where there is no ladder. */
export function describeRung(ladder: Pick<LadderState, 'rung' | 'of'> | undefined): string | undefined {
  return ladder === undefined ? undefined : `${ladder.rung} of ${ladder.of}`;
}

/** `Tried before: 1. Deleted Pod a/b (VerificationFailed: ...), which stays`; empty where nothing was. */
export function describeTried(tried: readonly TriedRung[]): string {
  if (tried.length === 0) return '';
  return `Tried before: ${tried.map(describeTriedRung).join('; ')}`;
}

/** `1. Deleted Pod a/b (VerificationFailed: ...; it stays)` */
export function describeTriedRung({ rung, title, acted, effect, because, undo }: TriedRung): string {
  const stays = acted ? `; ${undo ?? 'it stays'}` : '';
  return `${rung}. ${effect ?? title} (${because}${stays})`;
}
