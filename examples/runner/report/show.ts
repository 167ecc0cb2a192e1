import type { Paint } from './paint.ts';
import type { ExampleReport, Happening } from './report.ts';

const INDENT = '  ';

/** One run as text for a person: what happened, each line with its seconds since the fault. */
export function showRun(
  { report, happenings, faultAt }: { report: ExampleReport; happenings: readonly Happening[]; faultAt: number },
  paint: Paint,
): string {
  const { example, story, outcome, action, seconds, seen, unmet } = report;
  return [
    '',
    `${INDENT}${paint('strong', `${example}: ${story}`)}`,
    '',
    ...happenings.map(({ at, text, tone }) => {
      const since = `${((at - faultAt) / 1000).toFixed(1)} s`.padStart(9);
      return `${INDENT}${paint('quiet', since)}  ${paint(tone, text)}`;
    }),
    '',
    `${INDENT}${[
      paint('strong', outcome ?? 'no remediation'),
      action ?? 'nothing was done',
      seen ?? 'not looked at',
      `${(seconds.faultToEnd ?? 0).toFixed(1)} s`,
    ].join(paint('quiet', ' | '))}`,
    ...unmet.map((what) => `${INDENT}${paint('bad', 'not as it should be')}: ${what}`),
    '',
    '',
  ].join('\n');
}

/** All runs, one a line. */
export function showTable(reports: readonly ExampleReport[], paint: Paint): string {
  const rows = reports.map(({ example, outcome, action, fault, seconds, unmet }) => [
    example,
    outcome ?? '-',
    action ?? fault ?? '-',
    `${(seconds.faultToFiring ?? 0).toFixed(1)} s`,
    `${(seconds.faultToEnd ?? 0).toFixed(1)} s`,
    unmet.length === 0 ? 'as it should' : unmet.join('; '),
  ]);
  const table = [['EXAMPLE', 'OUTCOME', 'BY, OR WHY NOT', 'DETECTED', 'ENDED', ''], ...rows];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...table.map((row) => (row[column] ?? '').length)));
  const lines = table.map((row, index) => {
    const cells = row.map((cell, column) => cell.padEnd(widths[column] ?? 0));
    const tone = index === 0 ? 'quiet' : (reports[index - 1]?.unmet.length ?? 0) === 0 ? 'good' : 'bad';
    return `${INDENT}${cells.slice(0, -1).join('  ')}  ${paint(tone, cells.at(-1) ?? '')}`;
  });
  return `\n${lines.join('\n')}\n\n`;
}
