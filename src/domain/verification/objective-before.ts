import type { Verification } from '../plan/verification-clause.ts';
import { renderQuery } from '../query/promql.ts';
import type { ObjectiveBefore } from '../remediation/prepared.ts';
import type { Sample, UnknownSample } from './measurement.ts';
import { isGood } from './verification-judgement.ts';
import { describeSample, formatSample, goal } from './verification-summary.ts';

/** Longest query that is told, in characters. */
const MAX_QUERY = 500;

/**
 * What the objective says before anything is changed. A cure can only be proven by an objective that can be measured, and
 * that does not hold already.
 *
 * @throws MendloopError `QueryInvalid` as the measurement has it.
 */
export function objectiveBefore({ objective }: Pick<Verification, 'objective'>, sample: Sample): ObjectiveBefore {
  const { name, unit } = objective;
  const seen = `${name} ${formatSample(sample, unit)}`;
  if (sample.status === 'unknown') return { status: 'unknown', text: unmeasured(objective, sample) };
  if (isGood(sample, objective)) {
    return { status: 'met', text: `${seen}: ${goal(objective)} holds already, so that it could not prove a cure` };
  }
  return { status: 'not_met', text: `${seen}, wanted ${goal(objective)}` };
}

function unmeasured({ name, query, unit }: Verification['objective'], sample: UnknownSample): string {
  const asked = renderQuery(query);
  const shown = asked.length <= MAX_QUERY ? asked : `${asked.slice(0, MAX_QUERY - 1).toWellFormed()}…`;
  return `${name} cannot be measured: ${describeSample(sample, unit)}; asked: ${shown}`;
}
