import { defined } from '../defined.ts';
import type { Verification } from '../plan/verification-clause.ts';
import { checkNames } from './check-names.ts';
import type { LeverLook } from './lever-look.ts';
import { type Baseline, type CheckReport, type Sample, UnknownReason, type VerificationReport } from './measurement.ts';
import { isDisproven, isProven, isWell, isWorse, worseOf } from './verification-judgement.ts';
import type { Reading, VerificationState } from './verification-state.ts';
import {
  contentionSummary,
  cureSummary,
  failureSummary,
  inconclusiveSummary,
  leverMovedSummary,
  type ProofSeen,
  unseenLeverSummary,
  unseenNeighbourSummary,
} from './verification-summary.ts';

/** Samples kept for the record. */
export const MAX_SAMPLES = 60;

/** Stands in for what was never read. */
const NEVER: Sample = { at: 0, status: 'unknown', reason: UnknownReason.Empty };

interface Terms {
  readonly verification: Verification;
  /** Neighbours in the order of the plan. */
  readonly baseline: Baseline;
}

interface JudgeTerms extends Terms {
  readonly deadlinePassed: boolean;
  /** As it was seen with the last reading; absent: there is none that could be moved. */
  readonly lever?: LeverLook;
}

/** Takes one reading into account. An unknown sample ends a run: unknown is neither good nor bad. */
export function observe(
  state: VerificationState,
  reading: Reading,
  { verification, baseline }: Terms,
): VerificationState {
  const { objective, neighbours } = verification;
  const good = isProven(verification, reading);
  const bad = isDisproven(verification, reading);
  return {
    taken: state.taken + 1,
    goodRun: good ? state.goodRun + 1 : 0,
    worseRuns: neighbours.map((neighbour, index) =>
      isWorse(neighbour, baseline.neighbours[index]?.sample, reading.neighbours[index])
        ? (state.worseRuns[index] ?? 0) + 1
        : 0,
    ),
    sinceBad: bad ? 1 : state.sinceBad === null ? null : state.sinceBad + 1,
    worst: objective === undefined ? null : worseOf(state.worst, reading.objective ?? NEVER, objective),
    samples:
      objective === undefined ? [] : [...state.samples, withoutDetail(reading.objective ?? NEVER)].slice(-MAX_SAMPLES),
    latest: reading,
  };
}

/** The record has many samples: it keeps the words of the last one alone. */
function withoutDetail(sample: Sample): Sample {
  if (sample.status === 'known') return sample;
  const { at, status, reason } = sample;
  return { at, status, reason };
}

/**
 * The verdict, or undefined while more samples are needed.
 *
 * - inconclusive, `LeverMoved`: another hand has moved what the action had set, so that no cure would be its own.
 * - bad, `ContentionDetected`: a neighbour was worse than its baseline in as many samples in a row as prove a cure.
 * - good: all that the plan names held in `consecutive` looks in a row, no neighbour is worse or out of sight now, and what was
 *   set is seen to stand.
 * - At the deadline: bad, `VerificationFailed`, if in one of the last `consecutive` looks something was known not to hold; else
 *   inconclusive: they were unknown, or good but too few, or a neighbour or the lever could not be seen.
 */
export function judge(
  state: VerificationState,
  { deadlinePassed, lever = { status: 'ours' }, ...terms }: JudgeTerms,
): VerificationReport | undefined {
  const { consecutive } = terms.verification;
  const seen = proofSeen(state, terms);
  const neighbours = pairNeighbours(state, terms);

  if (lever.status === 'moved') {
    const summary = leverMovedSummary(seen, lever.text);
    return report(state, terms, { verdict: 'inconclusive', failure: 'LeverMoved', summary });
  }
  const suffering = neighbours.find((_, index) => (state.worseRuns[index] ?? 0) >= consecutive);
  if (suffering !== undefined) {
    const summary = contentionSummary(suffering.neighbour, { ...suffering, consecutive });
    return report(state, terms, { verdict: 'bad', failure: 'ContentionDetected', summary });
  }
  const cured = state.goodRun >= consecutive;
  const unwell = neighbours.find((pair) => !isWell(pair.neighbour, pair.before, pair.after));
  if (cured && unwell === undefined && lever.status === 'ours') {
    return report(state, terms, { verdict: 'good', summary: cureSummary(seen) });
  }
  if (!deadlinePassed) return undefined;

  if (state.sinceBad !== null && state.sinceBad <= consecutive) {
    const summary = failureSummary(seen, state.worst);
    return report(state, terms, { verdict: 'bad', failure: 'VerificationFailed', summary });
  }
  const summary = !cured
    ? inconclusiveSummary(seen)
    : unwell === undefined
      ? unseenLeverSummary(seen)
      : unseenNeighbourSummary(seen, unwell);
  return report(state, terms, { verdict: 'inconclusive', failure: 'VerificationInconclusive', summary });
}

function proofSeen(state: VerificationState, { verification, baseline }: Terms): ProofSeen {
  const { objective, consecutive } = verification;
  const measured =
    objective === undefined
      ? undefined
      : { objective, before: baseline.objective ?? NEVER, after: state.latest?.objective ?? NEVER };
  return { consecutive, checks: checkReports(state, { verification, baseline }), ...defined({ measured }) };
}

function checkReports(state: VerificationState, { verification, baseline }: Terms): CheckReport[] {
  return checkNames(verification).map((name, index) => ({
    name,
    ...defined({ before: baseline.checks?.[index], after: state.latest?.checks?.[index] }),
  }));
}

function pairNeighbours(state: VerificationState, { verification, baseline }: Terms) {
  return verification.neighbours.map((neighbour, index) => ({
    neighbour,
    before: baseline.neighbours[index]?.sample ?? NEVER,
    after: state.latest?.neighbours[index] ?? NEVER,
  }));
}

function report(
  state: VerificationState,
  terms: Terms,
  verdict: Pick<VerificationReport, 'verdict' | 'failure' | 'summary'>,
): VerificationReport {
  const { measured, checks } = proofSeen(state, terms);
  return {
    ...verdict,
    ...(measured === undefined ? {} : { before: measured.before, after: measured.after }),
    ...(state.worst === null ? {} : { worst: state.worst }),
    samplesTaken: state.taken,
    samples: state.samples,
    neighbours: pairNeighbours(state, terms).map(({ neighbour, before, after }) => ({
      name: neighbour.name,
      before,
      after,
    })),
    ...(checks.length === 0 ? {} : { checks }),
  };
}
