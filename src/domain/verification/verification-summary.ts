import type { Neighbour, Objective } from '../plan/verification-clause.ts';
import type { CheckReport, Sample } from './measurement.ts';
import { isGood } from './verification-judgement.ts';

/** What was looked at before the act and at the end, of all that must hold. */
export interface ProofSeen {
  /** Absent where the plan has no objective. */
  readonly measured?: { readonly objective: Objective; readonly before: Sample; readonly after: Sample };
  readonly checks: readonly CheckReport[];
  /** Good looks in a row that are wanted. */
  readonly consecutive: number;
}

/** `p95 latency 0.14 s <= 0.2 s, rollout complete, in 3 samples in a row; was 1.9 s` */
export function cureSummary(seen: ProofSeen): string {
  return `${held(seen)} in ${inARow(seen.consecutive)}; ${before(seen)}`;
}

/** `checkout latency suffers: 0.9 s now, in 3 samples in a row; was 0.2 s` */
export function contentionSummary(
  { name, unit }: Neighbour,
  seen: { before: Sample; after: Sample; consecutive: number },
): string {
  return `${name} suffers: ${formatSample(seen.after, unit)} now, in ${inARow(seen.consecutive)}; ${was(seen.before, unit)}`;
}

/** `p95 latency not <= 0.2 s in 3 samples in a row by the deadline: 0.9 s at the end, 2.1 s at worst; was 1.9 s` */
export function failureSummary(seen: ProofSeen, worst: number | null): string {
  const { measured, consecutive } = seen;
  const failing = notHolding(seen);
  if (failing.length === 0 && measured !== undefined) {
    const { objective, after } = measured;
    const atWorst = worst === null ? '' : `, ${formatValue(worst, objective.unit)} at worst`;
    const end = `${formatSample(after, objective.unit)} at the end${atWorst}`;
    return `${objective.name} not ${goal(objective)} in ${inARow(consecutive)} by the deadline: ${end}; ${before(seen)}`;
  }
  const what = failing.length === 0 ? now(seen) : failing.join('; ');
  return `not proven in ${inARow(consecutive)} by the deadline: ${what}; ${before(seen)}`;
}

/** `p95 latency could not be judged by the deadline: unknown (stale) at the end; was 1.9 s` */
export function inconclusiveSummary(seen: ProofSeen): string {
  const { measured, checks, consecutive } = seen;
  const unseen = checks.find(({ after }) => after?.status !== 'holds');
  const isKnown = measured?.after.status !== 'unknown' && unseen === undefined;
  const few = isKnown ? `, but too few samples in a row (${consecutive} needed)` : '';
  const name = measured?.objective.name ?? 'the proof';
  return `${name} could not be judged by the deadline: ${now(seen)} at the end${few}; ${before(seen)}`;
}

/** `p95 latency 0.14 s <= 0.2 s, but checkout latency could not be seen to be well: unknown (empty); was 0.2 s` */
export function unseenNeighbourSummary(
  seen: ProofSeen,
  neighbour: { neighbour: Neighbour; before: Sample; after: Sample },
): string {
  const { name, unit } = neighbour.neighbour;
  const found = `${formatSample(neighbour.after, unit)}; ${was(neighbour.before, unit)}`;
  return `${held(seen)}, but ${name} could not be seen to be well: ${found}`;
}

/** `argocd has set 2 where we had set 5, so that a cure would not be that of this remediation: p95 latency 0.14 s now; was 1.9 s` */
export function leverMovedSummary(seen: ProofSeen, text: string): string {
  const { measured } = seen;
  const found = measured === undefined ? now(seen) : `${measured.objective.name} ${now(seen)} now`;
  return `${text}, so that a cure would not be that of this remediation: ${found}; ${before(seen)}`;
}

/** `p95 latency 0.14 s <= 0.2 s in 3 samples in a row, but it could not be seen that the change stands; was 1.9 s` */
export function unseenLeverSummary(seen: ProofSeen): string {
  return `${held(seen)} in ${inARow(seen.consecutive)}, but it could not be seen that the change stands; ${before(seen)}`;
}

/** What holds, as it was found at the end. */
function held({ measured, checks }: ProofSeen): string {
  const { objective, after } = measured ?? {};
  const value =
    objective === undefined || after === undefined
      ? []
      : [`${objective.name} ${formatSample(after, objective.unit)} ${goal(objective)}`];
  return [...value, ...checks.map(({ name, after: look }) => look?.text ?? name)].join(', ');
}

/** What does not hold at the end, or could not be looked at. */
function notHolding({ measured, checks }: ProofSeen): string[] {
  const { objective, after } = measured ?? {};
  const failing = checks.flatMap(({ name, after: look }) =>
    look?.status === 'holds' ? [] : [look?.text ?? `${name} was not looked at`],
  );
  if (failing.length === 0 || objective === undefined || isGood(after, objective)) return failing;
  const value = after === undefined ? 'not measured' : formatSample(after, objective.unit);
  return [`${objective.name} ${value}, wanted ${goal(objective)}`, ...failing];
}

/** The end as it was seen: the value where there is one, and what of the rest does not hold. */
function now(seen: ProofSeen): string {
  const { measured, checks } = seen;
  const value = measured === undefined ? [] : [formatSample(measured.after, measured.objective.unit)];
  const failing = checks.flatMap(({ name, after }) =>
    after?.status === 'holds' ? [] : [after?.text ?? `${name} was not looked at`],
  );
  const told = [...value, ...failing];
  return told.length === 0 ? 'all that was looked at held' : told.join(', ');
}

/** What it was before the act. */
function before({ measured, checks }: ProofSeen): string {
  if (measured !== undefined) return was(measured.before, measured.objective.unit);
  const failing = checks.flatMap(({ before: look }) =>
    look === undefined || look.status === 'holds' ? [] : [look.text],
  );
  return failing.length === 0 ? 'before, nothing was seen amiss' : `before: ${failing.join(', ')}`;
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
