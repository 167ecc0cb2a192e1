import { Mode } from '../decision/mode.ts';

/** How far a rule has come: its mode, and the percentage of targets in it; the rest is a stage behind. */
export interface Stage {
  readonly mode: Mode;
  readonly percent: number;
  /** The mode of the other targets; absent at 100 %. */
  readonly rest?: Mode;
}

/** The way of a new rule, from nothing to all by itself. */
export const STAGES = {
  off: { mode: Mode.Off, percent: 100 },
  observe: { mode: Mode.Observe, percent: 100 },
  approve: { mode: Mode.Approve, percent: 100 },
  'auto-5': { mode: Mode.Auto, percent: 5, rest: Mode.Approve },
  'auto-50': { mode: Mode.Auto, percent: 50, rest: Mode.Approve },
  auto: { mode: Mode.Auto, percent: 100 },
} as const satisfies Record<string, Stage>;
export type StageName = keyof typeof STAGES;

export const stageNames = ['off', 'observe', 'approve', 'auto-5', 'auto-50', 'auto'] as const satisfies StageName[];

/** The stage after; undefined at the end of the way. */
export function nextStage(name: StageName): StageName | undefined {
  return stageNames[stageNames.indexOf(name) + 1];
}

/** The furthest stage that a mode for so many percent of targets has reached. */
export function stageOf(mode: Mode, percent = 100): StageName {
  if (mode !== Mode.Auto) return mode;
  if (percent >= STAGES.auto.percent) return 'auto';
  return percent >= STAGES['auto-50'].percent ? 'auto-50' : 'auto-5';
}
