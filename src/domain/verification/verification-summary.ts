import type { Sample } from './measurement.ts';
import type { Neighbour, Objective } from '../plan/verification-clause.ts';

/** `p95 latency 0.14 s <= 0.2 s in 3 samples in a row; was 1.9 s` */
export function cureSummary(
  objective: Objective,
  seen: { before: Sample; after: Sample; consecutive: number },
): string {
  const { name, unit } = objective;
  return `${name} ${formatSample(seen.after, unit)} ${goal(objective)} in ${inARow(seen.consecutive)}; ${was(seen.before, unit)}`;
}

/** `checkout latency suffers: 0.9 s now, in 3 samples in a row; was 0.2 s` */
export function contentionSummary(
  { name, unit }: Neighbour,
  seen: { before: Sample; after: Sample; consecutive: number },
): string {
  return `${name} suffers: ${formatSample(seen.after, unit)} now, in ${inARow(seen.consecutive)}; ${was(seen.before, unit)}`;
}

/** `p95 latency not <= 0.2 s in 3 samples in a row by the deadline: 0.9 s at the end, 2.1 s at worst; was 1.9 s` */
export function failureSummary(
  objective: Objective,
  seen: { before: Sample; after: Sample; worst: number | null; consecutive: number },
): string {
  const { name, unit } = objective;
  const worst = seen.worst === null ? '' : `, ${formatValue(seen.worst, unit)} at worst`;
  const end = `${formatSample(seen.after, unit)} at the end${worst}; ${was(seen.before, unit)}`;
  return `${name} not ${goal(objective)} in ${inARow(seen.consecutive)} by the deadline: ${end}`;
}

/** `p95 latency could not be judged by the deadline: unknown (stale) at the end; was 1.9 s` */
export function inconclusiveSummary(
  { name, unit }: Objective,
  seen: { before: Sample; after: Sample; consecutive: number },
): string {
  const few = seen.after.status === 'known' ? `, but too few samples in a row (${seen.consecutive} needed)` : '';
  return `${name} could not be judged by the deadline: ${formatSample(seen.after, unit)} at the end${few}; ${was(seen.before, unit)}`;
}

/** `p95 latency 0.14 s <= 0.2 s, but checkout latency could not be seen to be well: unknown (empty); was 0.2 s` */
export function unseenNeighbourSummary(
  objective: Objective,
  after: Sample,
  neighbour: { neighbour: Neighbour; before: Sample; after: Sample },
): string {
  const { name, unit } = neighbour.neighbour;
  const cured = `${objective.name} ${formatSample(after, objective.unit)} ${goal(objective)}`;
  const seen = `${formatSample(neighbour.after, unit)}; ${was(neighbour.before, unit)}`;
  return `${cured}, but ${name} could not be seen to be well: ${seen}`;
}

/** `argocd has set 2 where we had set 5, so that a cure would not be that of this remediation: p95 latency 0.14 s now; was 1.9 s` */
export function leverMovedSummary(
  { name, unit }: Objective,
  seen: { before: Sample; after: Sample; text: string },
): string {
  const now = `${name} ${formatSample(seen.after, unit)} now; ${was(seen.before, unit)}`;
  return `${seen.text}, so that a cure would not be that of this remediation: ${now}`;
}

/** `p95 latency 0.14 s <= 0.2 s in 3 samples in a row, but it could not be seen that the change stands; was 1.9 s` */
export function unseenLeverSummary(
  objective: Objective,
  seen: { before: Sample; after: Sample; consecutive: number },
): string {
  const { name, unit } = objective;
  const held = `${name} ${formatSample(seen.after, unit)} ${goal(objective)} in ${inARow(seen.consecutive)}`;
  return `${held}, but it could not be seen that the change stands; ${was(seen.before, unit)}`;
}

/** By how much a neighbour may get worse: `50 %`, or `50 % or 0.05 s, whichever is more` where small changes are noise. */
export function describeTolerance({
  tolerance,
  minChange,
  unit,
}: Pick<Neighbour, 'tolerance' | 'minChange' | 'unit'>): string {
  const share = `${Number((tolerance * 100).toPrecision(4))} %`;
  return minChange === 0 ? share : `${share} or ${formatValue(minChange, unit)}, whichever is more`;
}

/** `<= 0.2 s` */
export function goal({ comparison, threshold, unit }: Objective): string {
  return `${comparison} ${withUnit(String(threshold), unit)}`;
}

function was(before: Sample, unit: string): string {
  return `was ${formatSample(before, unit)}`;
}

function inARow(consecutive: number): string {
  return consecutive === 1 ? 'a sample' : `${consecutive} samples in a row`;
}

/** `0.14 s`, `unknown (stale)` */
export function formatSample(sample: Sample, unit: string): string {
  return sample.status === 'known'
    ? formatValue(sample.value, unit)
    : `unknown (${sample.reason.replaceAll('_', ' ')})`;
}

/** With what is known of an unknown one: `unknown (empty): no series load` */
export function describeSample(sample: Sample, unit: string): string {
  const detail = sample.status === 'unknown' && sample.detail !== undefined ? `: ${sample.detail}` : '';
  return `${formatSample(sample, unit)}${detail}`;
}

function formatValue(value: number, unit: string): string {
  return withUnit(String(Number(value.toPrecision(4))), unit);
}

function withUnit(text: string, unit: string): string {
  return unit === '' ? text : `${text} ${unit}`;
}
