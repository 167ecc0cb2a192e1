import { round, words } from './draw-axes.ts';
import { styleOf } from './draw-series.ts';
import { drawSign, type Sign } from './draw-signs.ts';
import { markup, type Markup } from './markup.ts';
import type { Palette } from './palette.ts';
import type { PlotInput } from './plot-input.ts';
import { label, textWidth } from './scales.ts';

const SIGNS: readonly (readonly [Sign, string])[] = [
  ['good', 'good'],
  ['bad', 'not good'],
  ['unknown', 'unknown'],
];

interface Entry {
  readonly text: string;
  /** Pixels that its sign takes. */
  readonly width: number;
  readonly draw: (x: number, y: number) => Markup;
}

/** Whether there is more than one line to tell apart, or signs whose meaning has to be said. */
export function hasLegend({ series, threshold }: PlotInput): boolean {
  return series.length > 1 || threshold !== undefined;
}

/** In one row: the names of several series, each behind a piece of its line, and what the signs mean. */
export function drawLegend(input: PlotInput, at: { x: number; y: number }, palette: Palette): Markup[] {
  let x = at.x;
  return entries(input, palette).flatMap(({ text, width, draw }) => {
    const start = x;
    x += width + 6 + textWidth(text) + 16;
    return [
      draw(start, at.y - 4),
      words(text, { x: start + width + 6, y: at.y, fill: palette.text, class: 'plot-text' }),
    ];
  });
}

function entries({ series, threshold }: PlotInput, palette: Palette): Entry[] {
  const lines = series.map(({ name }, index): Entry => {
    const { colour, dash } = styleOf(index, palette);
    const look = { stroke: colour, 'stroke-width': 2, 'stroke-dasharray': dash };
    const draw = (x: number, y: number) =>
      markup('line', { x1: round(x), x2: round(x + 24), y1: round(y), y2: round(y), ...look });
    return { text: label(name, 24), width: 24, draw };
  });
  const signs = SIGNS.map(([sign, text]): Entry => {
    return { text, width: 10, draw: (x, y) => drawSign(sign, { x: x + 5, y }, { palette }) };
  });
  return [...(series.length > 1 ? lines : []), ...(threshold === undefined ? [] : signs)];
}
