import { Mode } from '../decision/mode.ts';
import { fateOf, hasActed, type PastRemediation } from './scorecard.ts';
import { nextStage, type StageName } from './stage.ts';
import { wilsonLowerBound } from './wilson.ts';

/** What must be seen of a rule before it goes a stage further. All that is given must hold. */
export interface Requirements {
  /** Times that it would have acted, in mode `observe`. */
  readonly wouldHaveActed?: number;
  /** Only remediations in these modes count for what follows. */
  readonly modes?: readonly Mode[];
  /** Times that it acted. */
  readonly acted?: number;
  /** Cured of acted, 0..1. */
  readonly cureRatio?: number;
  /** What that ratio must be at least with 95 % confidence: see `wilsonLowerBound`. */
  readonly cureRatioAtLeast?: number;
  /** So many newest that acted were all cured: no rollback, nothing given up. */
  readonly curedInARow?: number;
  /** Denied by a human or a budget, of all that were planned, 0..1 at most. */
  readonly deniedRatio?: number;
}

/** By the stage that the rule stands at. Reasons are in docs/modes.md. */
export const REQUIREMENTS: Readonly<Record<StageName, Requirements>> = {
  off: {},
  observe: { wouldHaveActed: 10 },
  approve: {
    modes: [Mode.Approve, Mode.Auto],
    ...{ acted: 20, cureRatio: 0.95, cureRatioAtLeast: 0.85, curedInARow: 10, deniedRatio: 0.1 },
  },
  'auto-5': { modes: [Mode.Auto], acted: 5, curedInARow: 5 },
  'auto-50': { modes: [Mode.Auto], acted: 20, cureRatio: 0.95, cureRatioAtLeast: 0.85, curedInARow: 10 },
  auto: {},
};

/** Whether a rule may go a stage further. Plain JSON. */
export interface Promotion {
  readonly from: StageName;
  /** Absent at the last stage. */
  readonly to?: StageName;
  readonly enough: boolean;
  /** What is wanting, for people; empty when it is enough. */
  readonly missing: readonly string[];
}

/** `evidence` are the past remediations of one rule, in any order. */
export function promotion({
  from,
  evidence,
  requirements = REQUIREMENTS,
}: {
  from: StageName;
  evidence: readonly PastRemediation[];
  requirements?: Readonly<Record<StageName, Requirements>>;
}): Promotion {
  const to = nextStage(from);
  if (to === undefined) return { from, enough: false, missing: [`${from} is the last stage`] };
  const missing = wanting(requirements[from], evidence);
  return { from, to, enough: missing.length === 0, missing };
}

function wanting(wanted: Requirements, evidence: readonly PastRemediation[]): string[] {
  const { modes } = wanted;
  const counted = evidence.filter(({ mode }) => modes === undefined || (mode !== undefined && modes.includes(mode)));
  const acted = counted.filter(hasActed).toSorted((one, other) => other.closedAt - one.closedAt);
  const cured = acted.filter(isCured).length;
  const denied = counted.filter((past) => fateOf(past) === 'denied').length;
  const observed = evidence.filter((past) => fateOf(past) === 'would_have_acted').length;
  const inModes = modes === undefined ? '' : ` in mode ${modes.join(' or ')}`;
  const ratio = acted.length === 0 ? 0 : cured / acted.length;
  const atLeast = wilsonLowerBound(cured, acted.length);
  const newest = acted.slice(0, wanted.curedInARow ?? 0);
  const uncured = newest.filter((past) => !isCured(past)).length;
  const deniedRatio = denied === 0 ? 0 : denied / (denied + acted.length);

  const tests: [boolean, string][] = [
    [observed >= (wanted.wouldHaveActed ?? 0), `would have acted ${observed} times, ${wanted.wouldHaveActed} wanted`],
    [acted.length >= (wanted.acted ?? 0), `acted ${acted.length} times${inModes}, ${wanted.acted} wanted`],
    [
      ratio >= (wanted.cureRatio ?? 0),
      `cured ${cured} of ${acted.length}${inModes}, ${percent(wanted.cureRatio)} wanted`,
    ],
    [
      atLeast >= (wanted.cureRatioAtLeast ?? 0),
      `cured ${cured} of ${acted.length} shows no more than ${percent(atLeast)} with 95 % confidence, ` +
        `${percent(wanted.cureRatioAtLeast)} wanted`,
    ],
    [uncured === 0, `of the newest ${newest.length} that acted${inModes}, ${uncured} were not cured, none may be`],
    [
      deniedRatio <= (wanted.deniedRatio ?? 1),
      `denied ${denied} of ${denied + acted.length}${inModes}, at most ${percent(wanted.deniedRatio)} wanted`,
    ],
  ];
  return tests.flatMap(([holds, text]) => (holds ? [] : [text]));
}

function isCured(past: PastRemediation): boolean {
  return fateOf(past) === 'cured';
}

/** Rounded down, so that what is shown never looks like enough when it is not. */
function percent(share = 0): string {
  return `${Math.floor(share * 1000 + 1e-9) / 10} %`;
}
