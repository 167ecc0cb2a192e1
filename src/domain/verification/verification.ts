import { type Baseline, type Sample, UnknownReason, type VerificationReport } from './measurement.ts';
import type { Verification } from '../plan/verification-clause.ts';
import type { LeverLook } from './lever-look.ts';
import { isGood, isWell, isWorse, worseOf } from './verification-judgement.ts';
import type { Reading, VerificationState } from './verification-state.ts';
import {
  contentionSummary,
  cureSummary,
  failureSummary,
  inconclusiveSummary,
  leverMovedSummary,
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
  const good = isGood(reading.objective, objective);
  const bad = reading.objective.status === 'known' && !good;
  return {
    taken: state.taken + 1,
    goodRun: good ? state.goodRun + 1 : 0,
    worseRuns: neighbours.map((neighbour, index) =>
      isWorse(neighbour, baseline.neighbours[index]?.sample, reading.neighbours[index])
        ? (state.worseRuns[index] ?? 0) + 1
        : 0,
    ),
    sinceBad: bad ? 1 : state.sinceBad === null ? null : state.sinceBad + 1,
    worst: worseOf(state.worst, reading.objective, objective),
    samples: [...state.samples, withoutDetail(reading.objective)].slice(-MAX_SAMPLES),
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
 * - good: the objective held in `consecutive` samples in a row, no neighbour is worse or out of sight now, and what was
 *   set is seen to stand.
 * - At the deadline: bad, `VerificationFailed`, if a known sample among the last `consecutive` was not good; else
 *   inconclusive: they were unknown, or good but too few, or a neighbour or the lever could not be seen.
 */
export function judge(
  state: VerificationState,
  { deadlinePassed, lever = { status: 'ours' }, ...terms }: JudgeTerms,
): VerificationReport | undefined {
  const { consecutive, objective } = terms.verification;
  const before = terms.baseline.objective;
  const after = state.latest?.objective ?? NEVER;
  const neighbours = pairNeighbours(state, terms);

  if (lever.status === 'moved') {
    const summary = leverMovedSummary(objective, { before, after, text: lever.text });
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
    const summary = cureSummary(objective, { before, after, consecutive });
    return report(state, terms, { verdict: 'good', summary });
  }
  if (!deadlinePassed) return undefined;

  if (state.sinceBad !== null && state.sinceBad <= consecutive) {
    const summary = failureSummary(objective, { before, after, worst: state.worst, consecutive });
    return report(state, terms, { verdict: 'bad', failure: 'VerificationFailed', summary });
  }
  const seen = { before, after, consecutive };
  const summary = !cured
    ? inconclusiveSummary(objective, seen)
    : unwell === undefined
      ? unseenLeverSummary(objective, seen)
      : unseenNeighbourSummary(objective, after, unwell);
  return report(state, terms, { verdict: 'inconclusive', failure: 'VerificationInconclusive', summary });
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
  return {
    ...verdict,
    before: terms.baseline.objective,
    after: state.latest?.objective ?? NEVER,
    ...(state.worst === null ? {} : { worst: state.worst }),
    samplesTaken: state.taken,
    samples: state.samples,
    neighbours: pairNeighbours(state, terms).map(({ neighbour, before, after }) => ({
      name: neighbour.name,
      before,
      after,
    })),
  };
}
