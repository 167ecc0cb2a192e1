import {
  type Coverage,
  COVERAGES,
  type Covered,
  type CoveredAlert,
} from '../../clients/policy/coverage/cover-alerts.ts';
import { countOf } from '../../domain/text/count-of.ts';
import type { Paint, Tone } from '../output/style.ts';
import { type Cell, renderTable } from '../output/table.ts';
import type { CoverageReport } from '../../clients/policy/coverage/coverage-report.ts';

/** What each word means, in the order in which they are counted. */
const MEANINGS: Readonly<Record<Coverage, string>> = {
  healed: 'acted on at once',
  asked: 'acted on when a human has said yes',
  watched: 'only recorded, with what would be done',
  told: 'for a human, who is told why and where to look',
  counted: 'nobody is told: it is no trouble, too quiet, or its rule is off',
  unknown: 'no rule and no entry of the catalogue knows it',
  invalid: 'the policy gives no answer that can be used',
};

const TONES: Readonly<Partial<Record<Coverage, Tone>>> = {
  healed: 'good',
  asked: 'good',
  watched: 'busy',
  unknown: 'bad',
  invalid: 'bad',
};

/** Characters of a reason: all of it is in the JSON. */
const MAX_REASON = 90;

/** A table of the alerts, and one of how many come to what, now and with everything turned on. */
export function formatCoverage({ alerts, counts, problems, empty }: CoverageReport, paint: Paint): string {
  const notes = [
    ...problems.map(({ name, line, message }) =>
      paint('bad', `${name}${line === undefined ? '' : `:${line}`}: ${message}`),
    ),
    ...empty.map((name) => paint('dim', `${name}: no rules in it`)),
  ];
  const rows = alerts.toSorted(bySeriousness).map(rowOf);
  const summary = COVERAGES.filter((one) => counts.now[one] + counts.turnedOn[one] > 0).map((one) => [
    { text: one, ...toneOf(one) },
    String(counts.now[one]),
    String(counts.turnedOn[one]),
    MEANINGS[one],
  ]);
  return [
    ...(rows.length === 0
      ? []
      : [renderTable({ head: ['alert', 'severity', 'now', 'turned on', 'what'], rows }, paint), '']),
    renderTable({ head: [countOf(alerts.length, 'alert'), 'now', 'turned on', 'means'], rows: summary }, paint),
    ...(notes.length === 0 ? [] : ['', ...notes]),
  ].join('\n');
}

/** What nobody has thought of comes first, then as they stand in the files. */
function bySeriousness({ now: one }: CoveredAlert, { now: other }: CoveredAlert): number {
  const rank = ({ coverage }: Covered) => (coverage === 'unknown' || coverage === 'invalid' ? 0 : 1);
  return rank(one) - rank(other);
}

function rowOf({ alert, labels, now, turnedOn }: CoveredAlert): (string | Cell)[] {
  const after = turnedOn.coverage === now.coverage ? '' : turnedOn.coverage;
  return [
    alert,
    labels['severity'] ?? '',
    { text: now.coverage, ...toneOf(now.coverage) },
    after === '' ? '' : { text: after, ...toneOf(after) },
    turnedOn.actions.length > 0 ? turnedOn.actions.join(', then ') : shortened(turnedOn.reason ?? ''),
  ];
}

function toneOf(coverage: Coverage): { tone?: Tone } {
  const tone = TONES[coverage];
  return tone === undefined ? {} : { tone };
}

function shortened(reason: string): string {
  const [first = ''] = reason.split(/(?<=\.) /);
  return first.length > MAX_REASON ? `${first.slice(0, MAX_REASON - 1)}…` : first;
}
