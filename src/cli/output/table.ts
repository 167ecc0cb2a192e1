import { stripVTControlCharacters } from 'node:util';
import type { Paint, Tone } from './style.ts';
import { plainLine } from '../../domain/text/plain-text.ts';

export interface Cell {
  readonly text: string;
  readonly tone?: Tone;
}

export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly (string | Cell)[])[];
}

const GAP = '  ';

/**
 * Rows under a head, in columns as wide as their widest cell; an empty column is left out. Cells are data: on one line,
 * with nothing in them that could drive a terminal. The last column is never padded, so that what stands in it can be
 * copied.
 */
export function renderTable({ head, rows }: Table, paint: Paint): string {
  const cells = rows.map((row) => row.map((cell) => (typeof cell === 'string' ? { text: cell } : cell)).map(cleaned));
  const used = head.flatMap((_, column) => (cells.some((row) => (row[column]?.text ?? '') !== '') ? [column] : []));
  const width = new Map(
    used.map((column) => [
      column,
      Math.max(widthOf(head[column] ?? ''), ...cells.map((row) => widthOf(row[column]?.text ?? ''))),
    ]),
  );
  const line = (row: readonly Cell[]) =>
    used
      .map((column, index) => {
        const { text, tone } = row[column] ?? { text: '' };
        const padding = index === used.length - 1 ? '' : ' '.repeat((width.get(column) ?? 0) - widthOf(text));
        return (tone === undefined ? text : paint(tone, text)) + padding;
      })
      .join(GAP)
      .trimEnd();
  return [line(head.map((text) => ({ text, tone: 'dim' }))), ...cells.map(line)].join('\n');
}

/** Names and their values, one a line; without those that have none. */
export function renderFacts(facts: readonly (readonly [string, string | Cell | undefined])[], paint: Paint): string {
  const known = facts.flatMap(([name, value]) => {
    if (value === undefined) return [];
    return [[name, cleaned(typeof value === 'string' ? { text: value } : value)] as const];
  });
  const width = Math.max(0, ...known.map(([name]) => widthOf(name)));
  return known
    .map(([name, { text, tone }]) => {
      const label = paint('dim', name) + ' '.repeat(width - widthOf(name));
      return `${label}${GAP}${tone === undefined ? text : paint(tone, text)}`;
    })
    .join('\n');
}

function cleaned({ text, tone }: Cell): Cell {
  return { text: plainLine(stripVTControlCharacters(text)), ...(tone === undefined ? {} : { tone }) };
}

/** Columns of a terminal, near enough: East Asian wide characters and emoji take two. */
function widthOf(text: string): number {
  let width = 0;
  for (const character of text) {
    if (/\p{Mn}|\p{Me}/u.test(character)) continue;
    width +=
      /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]/u.test(
        character,
      )
        ? 2
        : 1;
  }
  return width;
}
