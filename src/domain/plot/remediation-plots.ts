import { defined } from '../defined.ts';
import { planInForce } from '../ladder/plan-in-force.ts';
import type { Sample } from '../verification/measurement.ts';
import type { Comparison, Objective } from '../plan/verification-clause.ts';
import { type RemediationStatus, Step, type TimelineEntry } from '../remediation/remediation.ts';
import { describeMovement } from '../remediation/what-was-done.ts';
import { sentenceCase } from '../text/sentence-case.ts';
import type { PlotInput, PlotMark, PlotPoint, PlotThreshold } from './plot-input.ts';
import { withUnit } from './ticks.ts';

/** A plot that only wants its size and looks. */
export type RemediationPlot = Omit<PlotInput, 'width' | 'height' | 'theme' | 'heading' | 'id'>;

/** The signal that the plan wants cured, before and after the act; undefined while nothing has been measured. */
export function objectivePlot(status: RemediationStatus): RemediationPlot | undefined {
  const plan = planInForce(status);
  const points = samplesOf(status).flatMap(pointOf);
  const objective = plan?.verification.objective;
  if (objective === undefined || points.length === 0) return undefined;
  return {
    title: objective.name,
    unit: objective.unit,
    series: [{ name: objective.name, points }],
    threshold: thresholdOf(objective),
    ...sharedOf(status),
  };
}

/** The number that the action moves, over time; undefined for an action that moves none, and before it is known. */
export function movementPlot(status: RemediationStatus): RemediationPlot | undefined {
  const { effect, planned, lease = [], compensation, timeline } = status;
  const moved = effect?.moved ?? planned?.moves;
  const last = timeline.at(-1);
  const shared = sharedOf(status);
  const { low, high } = shared.times ?? {};
  if (moved === undefined || last === undefined || low === undefined || high === undefined) return undefined;
  const points: PlotPoint[] = [{ at: low, value: moved.before }];
  const acted = actedAt(status);
  if (effect?.moved !== undefined && acted !== undefined) points.push({ at: acted, value: moved.after });
  for (const { at, from, to, result } of lease) {
    points.push({ at: Date.parse(at), value: result === 'kept' ? to : from });
  }
  if (compensation?.status === 'restored') {
    const undone = timeline.find(({ step }) => step === Step.Compensating) ?? last;
    points.push({ at: Date.parse(undone.at), value: compensation.moved?.after ?? moved.before });
  }
  const { at, value } = points.at(-1) ?? { at: low, value: null };
  points.push({ at: Math.max(high, at), value });
  return {
    title: sentenceCase(moved.name),
    unit: moved.unit ?? '',
    series: [{ name: moved.name, points, shape: 'step' }],
    ...shared,
  };
}

/** What both plots have alike, so that they can be read one above the other: their time, and what was done in it. */
function sharedOf(status: RemediationStatus): Pick<RemediationPlot, 'times' | 'marks' | 'origin'> {
  const marks = marksOf(status);
  const moments = [...samplesOf(status).flatMap(pointOf), ...marks].map(({ at }) => at);
  // Alone the first line of the record: nothing was measured or done.
  if (moments.length === 0) moments.push(...status.timeline.slice(0, 1).map(({ at }) => Date.parse(at)));
  const times = moments.length === 0 ? undefined : { low: Math.min(...moments), high: Math.max(...moments) };
  return { times, marks, origin: actedAt(status) };
}

/** The reading before the act, and those after it: the record keeps the newest only, or none but the last. */
function samplesOf({ verification, baseline }: RemediationStatus): Sample[] {
  const before = verification?.before ?? baseline?.objective;
  const { samples = [], after } = verification ?? {};
  return [before, ...(samples.length > 0 ? samples : [after])].filter((sample) => sample !== undefined);
}

/**
 * When the target was changed, in epoch ms; undefined if it was not. A workflow's clock stands still while it reads, so
 * that its time for the act may be before that of the last reading, which was certainly before the act.
 */
export function actedAt({ timeline, effect, baseline }: RemediationStatus): number | undefined {
  const act = timeline.find(({ step }) => step === Step.Acting);
  if (effect === undefined || act === undefined) return undefined;
  return Math.max(Date.parse(act.at), (baseline?.objective?.at ?? 0) * 1000);
}

/** What was done, and what was found, as marks on a plot. */
export function marksOf(status: RemediationStatus): PlotMark[] {
  const { effect, observed, lease = [], timeline } = status;
  const mark = (entry: TimelineEntry | undefined, label: string, kind: NonNullable<PlotMark['kind']>): PlotMark[] =>
    entry === undefined ? [] : [{ at: Date.parse(entry.at), label, kind }];
  const first = (step: Step) => timeline.find((entry) => entry.step === step);
  const act = first(Step.Acting);
  const label = effect?.moved === undefined ? 'act' : `act: ${describeMovement(effect.moved)}`;
  return [
    ...(act === undefined ? [] : [{ at: actedAt(status) ?? Date.parse(act.at), label, kind: 'act' as const }]),
    ...(observed === undefined ? [] : [{ at: Date.parse(observed.at), label: 'in effect', kind: 'note' as const }]),
    ...mark(first(Step.Watching), 'cured', 'note'),
    ...lease.map(({ at, from, to, result }): PlotMark => {
      const label = result === 'kept' ? `lease: ${from} → ${to}` : `lease: ${to} hurt, back to ${from}`;
      return { at: Date.parse(at), label, kind: result === 'kept' ? 'act' : 'undo' };
    }),
    ...mark(first(Step.Compensating), 'undo', 'undo'),
  ];
}

const SIDES: Readonly<Record<Comparison, Pick<PlotThreshold, 'good' | 'inclusive'> & { readonly sign: string }>> = {
  '<': { good: 'below', inclusive: false, sign: '<' },
  '<=': { good: 'below', inclusive: true, sign: '≤' },
  '>': { good: 'above', inclusive: false, sign: '>' },
  '>=': { good: 'above', inclusive: true, sign: '≥' },
};

function thresholdOf({ comparison, threshold, unit }: Objective): PlotThreshold {
  const { sign, good, inclusive } = SIDES[comparison];
  return {
    value: threshold,
    label: `objective ${sign} ${withUnit(threshold, unit)}`,
    good,
    ...defined({ inclusive }),
  };
}

/** A sample that was never taken has no moment. */
function pointOf(sample: Sample): PlotPoint[] {
  if (sample.at <= 0) return [];
  return [{ at: sample.at * 1000, value: sample.status === 'known' ? sample.value : null }];
}
