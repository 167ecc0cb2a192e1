import { type FlagChange, setStage, stageInFlags } from '../../domain/promotion/flag-document.ts';
import { MODE_FLAG } from '../../domain/decision/mode-flag.ts';
import { Mode, modes } from '../../domain/decision/mode.ts';
import { type Promotion, promotion } from '../../domain/promotion/promotion.ts';
import { type PastRemediation, type Scorecard, scorecards } from '../../domain/promotion/scorecard.ts';
import { type StageName, stageOf } from '../../domain/promotion/stage.ts';

/** Where there is no flag file yet. */
const NEW_DOCUMENT = {
  $schema: 'https://flagd.dev/schema/v0/flags.json',
  flags: {
    [MODE_FLAG]: {
      state: 'ENABLED',
      variants: Object.fromEntries(modes.map((mode) => [mode, mode])),
      defaultVariant: Mode.Observe,
    },
  },
};

export interface PlannedPromotion extends Promotion {
  readonly rule: string;
  /** Absent: nothing of the rule has ended in the time looked at. */
  readonly scorecard?: Scorecard;
  /** What to change in the flag file; absent unless the evidence is enough. */
  readonly change?: FlagChange;
}

/**
 * Whether a rule may go a stage further, and by which change. Where `from` is not given, the flag file says where the
 * rule stands; else the mode of its newest remediation; else it is taken to observe.
 */
export function planPromotion({
  rule,
  past,
  document,
  from,
}: {
  rule: string;
  past: readonly PastRemediation[];
  document?: unknown;
  from?: StageName | undefined;
}): PlannedPromotion {
  const inFlags = document === undefined ? undefined : stageInFlags(document, rule);
  const newest = past.find(({ mode }) => mode !== undefined)?.mode;
  const stage = from ?? inFlags ?? (newest === undefined ? 'observe' : stageOf(newest));
  const verdict = promotion({ from: stage, evidence: past });
  const [scorecard] = scorecards(past);
  return {
    rule,
    ...verdict,
    ...(scorecard === undefined ? {} : { scorecard }),
    ...(verdict.enough && verdict.to !== undefined
      ? { change: setStage(document ?? NEW_DOCUMENT, { rule, stage: verdict.to }) }
      : {}),
  };
}
