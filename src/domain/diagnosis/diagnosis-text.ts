import { countOf } from '../text/count-of.ts';
import { type Diagnosis, partTitle } from './diagnosis.ts';

/** Lines of a notice: a page has room for what tells most, and for where the rest is. */
const MAX_SHORT = 4;

/** The short form, for notices: what tells most, a line each. Empty where nothing tells anything. */
export function shortDiagnosis({ findings, gaps }: Diagnosis): string[] {
  if (findings.length > 0) return findings.slice(0, MAX_SHORT).map((text) => `Seen: ${text}`);
  return gaps.length === 0 ? [] : [`Seen: nothing that tells why; ${gapsText(gaps)}`];
}

/** All of it, a heading and its lines at a time. */
export function diagnosisParts({ findings, sections, gaps }: Diagnosis): (readonly [string, readonly string[]])[] {
  const rest = sections.map(({ part, lines, leftOut }): readonly [string, readonly string[]] => [
    partTitle(part),
    leftOut === undefined ? lines : [...lines, `(${countOf(leftOut, 'more line')} left out)`],
  ]);
  return [
    ...(findings.length === 0 ? [] : [['What tells most', findings] as const]),
    ...rest,
    ...(gaps.length === 0
      ? []
      : [['Could not be read', gaps.map(({ part, why }) => `${partTitle(part)}: ${why}`)] as const]),
  ];
}

function gapsText(gaps: Diagnosis['gaps']): string {
  return `not read: ${gaps.map(({ part, why }) => `${partTitle(part).toLowerCase()} (${why})`).join(', ')}`;
}
