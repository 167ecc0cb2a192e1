import type { Scorecard } from '../../domain/promotion/scorecard.ts';

const COLUMNS: readonly (readonly [heading: string, cell: (card: Scorecard) => string])[] = [
  ['rule', ({ rule }) => rule],
  ['ended', ({ total }) => String(total)],
  ['would act', ({ wouldHaveActed }) => String(wouldHaveActed)],
  ['acted', ({ acted }) => String(acted)],
  ['cured', ({ cured }) => String(cured)],
  ['rolled back', ({ rolledBack }) => String(rolledBack)],
  ['given up', ({ givenUp }) => String(givenUp)],
  ['escalated', ({ outcomes }) => String(outcomes.escalated ?? 0)],
  ['denied', ({ denied }) => String(denied)],
  ['cure rate', ({ cureRatio }) => percent(cureRatio)],
  ['at least', ({ cureRatioAtLeast }) => percent(cureRatioAtLeast)],
  ['mean s', ({ secondsToCure }) => seconds(secondsToCure?.mean)],
  ['p95 s', ({ secondsToCure }) => seconds(secondsToCure?.p95)],
];

/** A table for people, a line a rule. */
export function formatScorecards(cards: readonly Scorecard[]): string {
  const rows = [COLUMNS.map(([heading]) => heading), ...cards.map((card) => COLUMNS.map(([, cell]) => cell(card)))];
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) => row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))))
    .map((row) => row.join('  ').trimEnd())
    .join('\n');
}

function percent(share: number | null): string {
  return share === null ? '-' : `${Math.floor(share * 100 + 1e-9)} %`;
}

function seconds(value: number | undefined): string {
  return value === undefined ? '-' : String(Number(value.toPrecision(3)));
}
