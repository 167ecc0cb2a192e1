import { describeTolerance } from '../../../src/domain/verification/verification-summary.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Baseline, type Sample, UnknownReason } from '../../../src/domain/verification/measurement.ts';
import { type Verification, verificationSchema } from '../../../src/domain/plan/verification-clause.ts';
import { judge, MAX_SAMPLES, observe } from '../../../src/domain/verification/verification.ts';
import {
  initialState,
  interrupted,
  type Reading,
  type VerificationState,
  verificationStateSchema,
} from '../../../src/domain/verification/verification-state.ts';

const known = (value: number, at = 0): Sample => ({ at, status: 'known', value });
const unknown = (reason: UnknownReason = 'stale'): Sample => ({ at: 0, status: 'unknown', reason });

/** Objective at most 0.2, was 1.9; one neighbour, was 0.2, suffers above 0.3. */
function aVerification(more: Record<string, unknown> = {}): Verification {
  return verificationSchema.parse({
    objective: { name: 'p95 latency', query: { expr: 'x' }, comparison: '<=', threshold: 0.2, unit: 's' },
    neighbours: [{ name: 'checkout', query: { expr: 'y' }, tolerance: 0.5, unit: 's' }],
    ...more,
  });
}
const baselineWith = (sample: Sample): Baseline => ({
  objective: known(1.9),
  neighbours: [{ name: 'checkout', sample }],
});
const baseline = baselineWith(known(0.2));

const reading = (objective: Sample, neighbour: Sample = known(0.2)): Reading => ({
  objective,
  neighbours: [neighbour],
});
const [GOOD, BAD, UNKNOWN] = [known(0.14), known(0.9), unknown()];
const samples = (pattern: string) => Array.from(pattern, (c) => reading(c === 'g' ? GOOD : c === 'b' ? BAD : UNKNOWN));

function run(
  readings: readonly Reading[],
  { verification = aVerification(), before = baseline, deadlinePassed = false } = {},
) {
  const terms = { verification, baseline: before };
  const state = readings.reduce((now, next) => observe(now, next, terms), initialState(verification));
  return { state, report: judge(state, { ...terms, deadlinePassed }) };
}

describe('before the deadline', () => {
  it.each(['', 'g', 'gg', 'ggb', 'ggbgg', 'gguggu', 'ggu', 'bbbbbb', 'uuuuuu'])('%j is not decided', (pattern) => {
    expect(run(samples(pattern)).report).toBeUndefined();
  });

  it.each(['ggg', 'bggg', 'ubuggg', 'gggg'])('%j is a cure', (pattern) => {
    expect(run(samples(pattern)).report).toMatchObject({ verdict: 'good', samplesTaken: pattern.length });
  });
});

describe('at the deadline', () => {
  it.each([
    ['ggg', 'good', undefined],
    ['bbb', 'bad', 'VerificationFailed'],
    ['bgg', 'bad', 'VerificationFailed'],
    ['uub', 'bad', 'VerificationFailed'],
    ['buu', 'bad', 'VerificationFailed'],
    ['buuu', 'inconclusive', 'VerificationInconclusive'],
    ['uuu', 'inconclusive', 'VerificationInconclusive'],
    ['gug', 'inconclusive', 'VerificationInconclusive'],
    ['g', 'inconclusive', 'VerificationInconclusive'],
    ['', 'inconclusive', 'VerificationInconclusive'],
  ])('%j is %s', (pattern, verdict, failure) => {
    const { report } = run(samples(pattern), { deadlinePassed: true });
    expect(report).toMatchObject({ verdict });
    expect(report?.failure).toBe(failure);
  });
});

describe.each([
  ['<', 0.2, [0.19], [0.2, 0.21]],
  ['<=', 0.2, [0.19, 0.2], [0.21]],
  ['>', 0.2, [0.21], [0.2, 0.19]],
  ['>=', 0.2, [0.2, 0.21], [0.19]],
])('an objective %s %s', (comparison, threshold, good, bad) => {
  const objective = { name: 'n', query: { expr: 'x' }, comparison, threshold };
  const verification = aVerification({ objective, consecutive: 1 });
  it('holds or not', () => {
    for (const value of good) expect(run([reading(known(value))], { verification }).report?.verdict).toBe('good');
    for (const value of bad) expect(run([reading(known(value))], { verification }).report).toBeUndefined();
  });

  it('knows the worst value', () => {
    const { state } = run([...good, ...bad].map((value) => reading(known(value))).concat(reading(UNKNOWN)));
    expect(state.worst).toBe(0.21);
    const own = run([0.1, 0.3, 0.2].map((value) => reading(known(value))), { verification }); // prettier-ignore
    expect(own.state.worst).toBe(comparison.startsWith('<') ? 0.3 : 0.1);
  });
});

describe('a neighbour', () => {
  const suffers = reading(BAD, known(0.31));

  it('that suffers in samples in a row is contention at once', () => {
    const { report } = run([suffers, suffers, suffers]);
    expect(report).toMatchObject({ verdict: 'bad', failure: 'ContentionDetected' });
  });

  it('that suffers is contention although the objective holds', () => {
    const both = reading(GOOD, known(0.31));
    expect(run([both, both, both]).report).toMatchObject({ failure: 'ContentionDetected' });
  });

  it.each([
    ['is well in between', [suffers, suffers, reading(BAD), suffers, suffers]],
    ['is unknown in between', [suffers, suffers, reading(BAD, UNKNOWN), suffers, suffers]],
    ['is within its tolerance', Array.from({ length: 5 }, () => reading(BAD, known(0.3)))],
  ])('that %s is not contention', (_, readings) => {
    expect(run(readings).report).toBeUndefined();
  });

  it.each([
    ['whose change is noise', { minChange: 0.2 }, known(0.39), false],
    ['whose change is no noise', { minChange: 0.2 }, known(0.41), true],
    ['that should be high and is', { better: 'higher' }, known(0.4), false],
    ['that should be high and fell', { better: 'higher' }, known(0.09), true],
  ])('%s', (_, more, sample, contention) => {
    const verification = aVerification({ neighbours: [{ name: 'checkout', query: { expr: 'y' }, ...more }] });
    const readings = [1, 2, 3].map(() => reading(BAD, sample));
    expect(run(readings, { verification }).report?.failure).toBe(contention ? 'ContentionDetected' : undefined);
  });

  it('that suffers or is out of sight now holds the cure up, and leaves it open at the deadline', () => {
    for (const sample of [known(0.31), UNKNOWN]) {
      const readings = [...samples('gg'), reading(GOOD, sample)];
      expect(run(readings).report).toBeUndefined();
      const { report } = run(readings, { deadlinePassed: true });
      expect(report).toMatchObject({ verdict: 'inconclusive' });
      expect(report?.summary).toContain('checkout could not be seen to be well');
    }
  });

  it('whose baseline is unknown is reported, not counted', () => {
    const readings = [1, 2, 3].map(() => reading(GOOD, known(99)));
    const { report } = run(readings, { before: baselineWith(UNKNOWN) });
    expect(report).toMatchObject({
      verdict: 'good',
      neighbours: [{ name: 'checkout', before: UNKNOWN, after: known(99) }],
    });
  });
});

describe('the summary', () => {
  const inSeconds = (pattern: string, deadlinePassed = false) => run(samples(pattern), { deadlinePassed }).report;

  it.each([
    [inSeconds('ggg'), 'p95 latency 0.14 s <= 0.2 s in 3 samples in a row; was 1.9 s'],
    [
      inSeconds('bbb', true),
      'p95 latency not <= 0.2 s in 3 samples in a row by the deadline: 0.9 s at the end, 0.9 s at worst; was 1.9 s',
    ],
    [inSeconds('uuu', true), 'p95 latency could not be judged by the deadline: unknown (stale) at the end; was 1.9 s'],
    [
      inSeconds('gg', true),
      'p95 latency could not be judged by the deadline: 0.14 s at the end, but too few samples in a row (3 needed); was 1.9 s',
    ],
    [
      run([1, 2, 3].map(() => reading(GOOD, known(0.9)))).report,
      'checkout suffers: 0.9 s now, in 3 samples in a row; was 0.2 s',
    ],
  ])('says %#', (report, summary) => {
    expect(report?.summary).toBe(summary);
  });
});

describe('for any readings', () => {
  const value = fc.double({ min: 0, max: 1, noNaN: true });
  const anySample: fc.Arbitrary<Sample> = fc.oneof(
    value.map((v) => known(v)),
    fc.constantFrom(...Object.values(UnknownReason)).map((reason) => unknown(reason)),
    fc.constantFrom(GOOD, GOOD, BAD),
  );
  const anyReading = fc.tuple(anySample, anySample).map(([objective, neighbour]) => reading(objective, neighbour));
  const anyReadings = fc.array(anyReading, { maxLength: 100 });
  const consecutive = fc.integer({ min: 1, max: 6 });
  const isGood = ({ objective }: Reading) => objective?.status === 'known' && objective.value <= 0.2;
  const isBad = ({ objective }: Reading) => objective?.status === 'known' && objective.value > 0.2;

  /** The first verdict, as the activity would take it, with the readings that led to it. */
  function untilJudged(readings: Reading[], verification: Verification) {
    for (let taken = 1; taken <= readings.length; taken += 1) {
      const seen = readings.slice(0, taken);
      const { report } = run(seen, { verification, deadlinePassed: taken === readings.length });
      if (report !== undefined) return { report, seen };
    }
    return undefined;
  }

  it('good means that the last samples in a row were good', () => {
    fc.assert(
      fc.property(anyReadings, consecutive, (readings, n) => {
        const judged = untilJudged(readings, aVerification({ consecutive: n }));
        fc.pre(judged?.report.verdict === 'good');
        const last = judged.seen.slice(-n);
        expect(last).toHaveLength(n);
        expect(last.every(isGood)).toBe(true);
      }),
    );
  });

  it('contention means that the neighbour was known to be worse in the last samples in a row', () => {
    fc.assert(
      fc.property(anyReadings, consecutive, (readings, n) => {
        const judged = untilJudged(readings, aVerification({ consecutive: n }));
        fc.pre(judged?.report.failure === 'ContentionDetected');
        const last = judged.seen.slice(-n).map(({ neighbours: [neighbour] }) => neighbour!);
        expect(last).toHaveLength(n);
        expect(last.every((sample) => sample.status === 'known' && sample.value > 0.3)).toBe(true);
      }),
    );
  });

  it('failed means that one of the last samples was known to be bad, and inconclusive that none was', () => {
    fc.assert(
      fc.property(anyReadings, consecutive, (readings, n) => {
        const judged = untilJudged(readings, aVerification({ consecutive: n }));
        fc.pre(judged !== undefined && judged.report.verdict !== 'good');
        fc.pre(judged.report.failure !== 'ContentionDetected');
        expect(judged.seen.slice(-n).some(isBad)).toBe(judged.report.verdict === 'bad');
      }),
    );
  });

  it('there is a verdict at the deadline, and what came before the last samples does not change its kind', () => {
    fc.assert(
      fc.property(anyReadings, fc.array(anyReading, { minLength: 6, maxLength: 6 }), (earlier, last) => {
        const verdict = (readings: Reading[]) => run(readings, { deadlinePassed: true }).report?.verdict;
        expect(verdict([...earlier, ...last])).toBe(verdict(last));
      }),
    );
  });

  it('a better sample never makes a verdict worse', () => {
    const rank = { good: 2, inconclusive: 1, bad: 0 };
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 20 }), fc.nat(), (values, which) => {
        const better = values.map((v, index) => (index === which % values.length ? v / 2 : v));
        const verdict = (list: number[]) =>
          run(list.map((v) => reading(known(v))), { deadlinePassed: true }).report!.verdict; // prettier-ignore
        expect(rank[verdict(better)]).toBeGreaterThanOrEqual(rank[verdict(values)]);
      }),
    );
  });

  it('the state is bounded, survives a heartbeat, and interrupted it proves nothing yet', () => {
    fc.assert(
      fc.property(anyReadings, (readings) => {
        const { state } = run(readings);
        expect(state.samples).toEqual(readings.map(({ objective }) => objective).slice(-MAX_SAMPLES));
        const back: VerificationState = verificationStateSchema.parse(JSON.parse(JSON.stringify(state)));
        expect(JSON.stringify(back)).toBe(JSON.stringify(state));
        const terms = { verification: aVerification(), baseline };
        expect(judge(interrupted(back), { ...terms, deadlinePassed: false })).toBeUndefined();
      }),
    );
  });
});

describe('what the action had set', () => {
  const terms = { verification: aVerification(), baseline };
  const after = (pattern: string) => run(samples(pattern)).state;
  const moved = { status: 'moved', text: 'argocd set 2 replicas' } as const;

  it.each(['ggg', 'g', 'bbb', 'uuu'])(
    'is moved by another hand after %j: no cure of ours, whatever the samples',
    (pattern) => {
      expect(judge(after(pattern), { ...terms, lever: moved, deadlinePassed: false })).toMatchObject({
        verdict: 'inconclusive',
        failure: 'LeverMoved',
        summary: expect.stringContaining('argocd set 2 replicas') as string,
      });
    },
  );

  it('is out of sight: no proof, and at the deadline a verdict that says so', () => {
    const lever = { status: 'unseen' } as const;
    expect(judge(after('ggg'), { ...terms, lever, deadlinePassed: false })).toBeUndefined();
    expect(judge(after('ggg'), { ...terms, lever, deadlinePassed: true })).toMatchObject({
      verdict: 'inconclusive',
      failure: 'VerificationInconclusive',
      summary:
        'p95 latency 0.14 s <= 0.2 s in 3 samples in a row, but it could not be seen that the change stands; was 1.9 s',
    });
    expect(judge(after('bbb'), { ...terms, lever, deadlinePassed: true })).toMatchObject({ verdict: 'bad' });
  });

  it('stands: the samples decide', () => {
    expect(judge(after('ggg'), { ...terms, lever: { status: 'ours' }, deadlinePassed: false })).toMatchObject({
      verdict: 'good',
    });
  });
});

it('keeps the words of an unknown sample for the last one alone', () => {
  const detailed: Sample = { at: 1, status: 'unknown', reason: 'empty', detail: 'no series x' };
  const { state, report } = run([reading(detailed), reading(detailed)], { deadlinePassed: true });
  expect(report?.after).toEqual(detailed);
  expect(state.samples).toEqual([1, 2].map(() => ({ at: 1, status: 'unknown', reason: 'empty' })));
});

it.each([
  [{ tolerance: 0.5, minChange: 0, unit: 's' }, '50 %'],
  [{ tolerance: 0.5, minChange: 0.05, unit: 's' }, '50 % or 0.05 s, whichever is more'],
  [{ tolerance: 0.07, minChange: 3, unit: '' }, '7 % or 3, whichever is more'],
])('tells by how much a neighbour may get worse, its absolute part too: %j', (neighbour, text) => {
  expect(describeTolerance(neighbour)).toBe(text);
});
