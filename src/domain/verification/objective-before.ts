import type { Objective, Verification } from '../plan/verification-clause.ts';
import { renderQuery } from '../query/promql.ts';
import type { ObjectiveBefore } from '../remediation/prepared.ts';
import type { Baseline, Sample, UnknownSample } from './measurement.ts';
import { isGood } from './verification-judgement.ts';
import { describeSample, formatSample, goal } from './verification-summary.ts';

/** Longest query that is told, in characters. */
const MAX_QUERY = 500;

/**
 * What the proof says before anything is changed. A cure can only be proven by what can be looked at, and does not hold
 * already: of several that must all hold, one that does not is enough.
 *
 * @throws MendloopError `QueryInvalid` as the measurement has it.
 */
export function objectiveBefore(
  { objective }: Pick<Verification, 'objective'>,
  { objective: sample, checks = [] }: Pick<Baseline, 'objective' | 'checks'>,
): ObjectiveBefore {
  const found: ObjectiveBefore[] = [
    ...(objective === undefined || sample === undefined ? [] : [measuredBefore(objective, sample)]),
    ...checks.map(({ status, text }): ObjectiveBefore => ({ status: STATUS[status], text })),
  ];
  const unknown = found.filter(({ status }) => status === 'unknown');
  const notMet = found.filter(({ status }) => status === 'not_met');
  const [status, told] =
    unknown.length > 0
      ? (['unknown', unknown] as const)
      : notMet.length > 0
        ? (['not_met', notMet] as const)
        : (['met', found] as const);
  const text = told.map((one) => one.text).join('; ');
  if (status !== 'met' || checks.length === 0) return { status, text };
  return { status, text: `${text}: that holds already, so that it could not prove a cure` };
}

const STATUS = { holds: 'met', fails: 'not_met', unknown: 'unknown' } as const;

function measuredBefore(objective: Objective, sample: Sample): ObjectiveBefore {
  const { name, unit } = objective;
  const seen = `${name} ${formatSample(sample, unit)}`;
  if (sample.status === 'unknown') return { status: 'unknown', text: unmeasured(objective, sample) };
  if (isGood(sample, objective)) {
    return { status: 'met', text: `${seen}: ${goal(objective)} holds already, so that it could not prove a cure` };
  }
  return { status: 'not_met', text: `${seen}, wanted ${goal(objective)}` };
}

function unmeasured({ name, query, unit }: Objective, sample: UnknownSample): string {
  const asked = renderQuery(query);
  const shown = asked.length <= MAX_QUERY ? asked : `${asked.slice(0, MAX_QUERY - 1).toWellFormed()}…`;
  return `${name} cannot be measured: ${describeSample(sample, unit)}; asked: ${shown}`;
}
