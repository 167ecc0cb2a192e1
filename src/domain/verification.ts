import type { Baseline, Sample, VerificationReport } from './measurement.ts';
import type { Neighbour, Objective, Verification } from './plan.ts';

/** Samples kept for the record. */
const MAX_SAMPLES = 60;

/** Signals read at one tick; neighbours in the order of the plan. */
export interface Reading {
  readonly objective: Sample;
  readonly neighbours: readonly Sample[];
}

/** All that verification remembers between samples: plain data, so that a heartbeat can carry it over a crash. */
export interface VerificationState {
  readonly taken: number;
  /** Good samples in a row, up to now. */
  readonly goodRun: number;
  /** For each neighbour, samples in a row that were worse than its baseline. */
  readonly worseRuns: readonly number[];
  readonly worst: number | null;
  readonly samples: readonly Sample[];
  readonly latest: Reading | null;
}

export function initialState(verification: Verification): VerificationState {
  return {
    taken: 0,
    goodRun: 0,
    worseRuns: verification.neighbours.map(() => 0),
    worst: null,
    samples: [],
    latest: null,
  };
}

/** Takes one reading into account. An unknown sample ends a run: unknown is not good. */
export function observe(
  state: VerificationState,
  reading: Reading,
  { verification, baseline }: { verification: Verification; baseline: Baseline },
): VerificationState {
  const { objective } = verification;
  return {
    taken: state.taken + 1,
    goodRun: isGood(reading.objective, objective) ? state.goodRun + 1 : 0,
    worseRuns: verification.neighbours.map((neighbour, index) =>
      isWorse(neighbour, baselineOf(baseline, neighbour), reading.neighbours[index])
        ? (state.worseRuns[index] ?? 0) + 1
        : 0,
    ),
    worst: worseOf(state.worst, reading.objective, objective),
    samples: [...state.samples, reading.objective].slice(-MAX_SAMPLES),
    latest: reading,
  };
}

interface Judgement {
  readonly verification: Verification;
  readonly baseline: Baseline;
  /** Whether the time for proof is over. */
  readonly deadlinePassed: boolean;
}

/** The verdict, or undefined while more samples are needed. */
export function judge(state: VerificationState, judgement: Judgement): VerificationReport | undefined {
  const { verification, baseline, deadlinePassed } = judgement;
  const { consecutive, neighbours } = verification;

  const suffering = neighbours.find((_, index) => (state.worseRuns[index] ?? 0) >= consecutive);
  if (suffering !== undefined) {
    const before = baselineOf(baseline, suffering);
    const after = state.latest?.neighbours[neighbours.indexOf(suffering)];
    const change = `${format(before, suffering.unit)} before, ${format(after, suffering.unit)} now`;
    return report(state, judgement, {
      verdict: 'bad',
      failure: 'ContentionDetected',
      summary: `${suffering.name} suffers: ${change}, ${consecutive} samples in a row`,
    });
  }
  if (state.goodRun >= consecutive && neighbours.every((_, index) => neighbourIsWell(state, judgement, index))) {
    return report(state, judgement, {
      verdict: 'good',
      summary: `${describe(state.latest?.objective, verification.objective)}, ${consecutive} samples in a row`,
    });
  }
  if (!deadlinePassed) return undefined;

  const last = state.samples.slice(-consecutive);
  const seenBad = last.some((sample) => sample.status === 'known' && !isGood(sample, verification.objective));
  return report(
    state,
    judgement,
    seenBad
      ? {
          verdict: 'bad',
          failure: 'VerificationFailed',
          summary: `${describe(state.latest?.objective, verification.objective)} at the deadline`,
        }
      : {
          verdict: 'inconclusive',
          failure: 'VerificationInconclusive',
          summary: `${verification.objective.name} could not be judged by the deadline: ${whyUnknown(state)}`,
        },
  );
}

function report(
  state: VerificationState,
  { verification, baseline }: Judgement,
  verdict: Pick<VerificationReport, 'verdict' | 'failure' | 'summary'>,
): VerificationReport {
  const nothing: Sample = { at: baseline.objective.at, status: 'unknown', reason: 'empty' };
  return {
    ...verdict,
    before: baseline.objective,
    after: state.latest?.objective ?? nothing,
    ...(state.worst === null ? {} : { worst: state.worst }),
    samplesTaken: state.taken,
    samples: state.samples,
    neighbours: verification.neighbours.map((neighbour, index) => ({
      name: neighbour.name,
      before: baselineOf(baseline, neighbour) ?? nothing,
      after: state.latest?.neighbours[index] ?? nothing,
    })),
  };
}

/** A neighbour that could be measured before the act must be seen to be well after it; another cannot be judged. */
function neighbourIsWell(state: VerificationState, { verification, baseline }: Judgement, index: number): boolean {
  const neighbour = verification.neighbours[index];
  if (neighbour === undefined) return true;
  const before = baselineOf(baseline, neighbour);
  const now = state.latest?.neighbours[index];
  if (before?.status !== 'known') return true;
  return now?.status === 'known' && !isWorse(neighbour, before, now);
}

function isGood(sample: Sample, { comparison, threshold }: Objective): boolean {
  if (sample.status !== 'known') return false;
  switch (comparison) {
    case '<':
      return sample.value < threshold;
    case '<=':
      return sample.value <= threshold;
    case '>':
      return sample.value > threshold;
    case '>=':
      return sample.value >= threshold;
  }
}

function isWorse(neighbour: Neighbour, before: Sample | undefined, now: Sample | undefined): boolean {
  if (before?.status !== 'known' || now?.status !== 'known') return false;
  const loss = neighbour.better === 'lower' ? now.value - before.value : before.value - now.value;
  return loss > Math.abs(before.value) * neighbour.tolerance && loss > neighbour.minChange;
}

function worseOf(worst: number | null, sample: Sample, { comparison }: Objective): number | null {
  if (sample.status !== 'known') return worst;
  if (worst === null) return sample.value;
  return comparison.startsWith('<') ? Math.max(worst, sample.value) : Math.min(worst, sample.value);
}

function baselineOf(baseline: Baseline, neighbour: Neighbour): Sample | undefined {
  return baseline.neighbours.find(({ name }) => name === neighbour.name)?.sample;
}

function whyUnknown(state: VerificationState): string {
  const reasons = state.samples.flatMap((sample) => (sample.status === 'unknown' ? [sample.reason] : []));
  const last = reasons.at(-1);
  return last === undefined ? 'good samples were too few, or a neighbour could not be seen' : last.replaceAll('_', ' ');
}

function describe(sample: Sample | undefined, { name, comparison, threshold, unit }: Objective): string {
  const value = format(sample, unit);
  if (sample?.status !== 'known') return `${name} ${value}`;
  const verb = isGood(sample, { name, comparison, threshold, unit, query: { expr: name, vars: {} } }) ? 'is' : 'is not';
  return `${name} ${value} ${verb} ${comparison} ${threshold}${unit === '' ? '' : ` ${unit}`}`;
}

function format(sample: Sample | undefined, unit: string): string {
  if (sample?.status !== 'known') return `unknown (${sample?.reason.replaceAll('_', ' ') ?? 'never read'})`;
  return `${Number(sample.value.toPrecision(3))}${unit === '' ? '' : ` ${unit}`}`;
}
