import { line, round, words } from './draw-axes.ts';
import { markup, type Markup } from './markup.ts';
import type { Palette } from './palette.ts';
import { type Frame, MAX_ROWS, type PlacedMark } from './scales.ts';

const ROW_HEIGHT = 17;

/** Pixels that the labels of marks need above the plot. */
export function marksHeight(marks: readonly PlacedMark[]): number {
  const rows = marks.reduce((most, { row }) => Math.max(most, Math.min(row, MAX_ROWS - 1) + 1), 0);
  return rows * ROW_HEIGHT;
}

/** What was done: a line down through the plot from its label. Acts, undos and notes differ by their sign. */
export function drawMarks(marks: readonly PlacedMark[], { x, top, bottom }: Frame, palette: Palette): Markup[] {
  return marks.map((mark) => {
    const { at, text, row, anchor, kind = 'act' } = mark;
    const across = x(at);
    const colour = palette.marks[kind];
    const y = top - 7 - Math.min(row, MAX_ROWS) * ROW_HEIGHT;
    const isLabelled = row < MAX_ROWS;
    return markup('g', { class: `plot-mark plot-mark-${kind}` }, [
      markup('title', {}, [text]),
      line(
        { x1: across, x2: across, y1: isLabelled ? y - 4 : top, y2: bottom },
        { stroke: colour, 'stroke-width': 1.5, 'stroke-dasharray': kind === 'note' ? '2 3' : undefined },
      ),
      ...(isLabelled
        ? [
            sign(kind, across, y - 4, colour),
            words(text, {
              ...{ x: across + (anchor === 'start' ? 8 : -8), y, 'text-anchor': anchor },
              ...{ fill: palette.text, 'font-weight': 600, class: 'plot-text' },
            }),
          ]
        : []),
    ]);
  });
}

function sign(kind: 'act' | 'undo' | 'note', x: number, y: number, fill: string): Markup {
  const [across, down] = [round(x), round(y)];
  switch (kind) {
    case 'act':
      return markup('path', { d: `M${across - 5} ${down + 4}L${across} ${down - 5}L${across + 5} ${down + 4}Z`, fill });
    case 'undo':
      return markup('path', { d: `M${across - 5} ${down - 4}L${across} ${down + 5}L${across + 5} ${down - 4}Z`, fill });
    case 'note':
      return markup('circle', { cx: across, cy: down, r: 3.5, fill });
  }
}
