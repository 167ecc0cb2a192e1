import { markup, type Markup } from './markup.ts';
import type { Palette } from './palette.ts';
import type { PlotThreshold } from './plot-input.ts';
import { FONT_SIZE, type Frame, label } from './scales.ts';
import { elapsedLabel, shortNumber } from './ticks.ts';

/** Grid lines with their values at the left; the unit stands along the axis, so that its length moves nothing. */
export function drawValueAxis(
  { left, right, top, bottom, y, values }: Frame,
  unit: string,
  palette: Palette,
): Markup[] {
  const lines = values.ticks.flatMap((value) => [
    line({ x1: left, x2: right, y1: y(value), y2: y(value) }, { ...grid(palette), class: 'plot-grid' }),
    words(shortNumber(value), {
      ...{ x: left - 8, y: y(value) + 4, 'text-anchor': 'end', fill: palette.text, class: 'plot-text' },
    }),
  ]);
  if (unit === '') return lines;
  const [x, middle] = [FONT_SIZE + 1, round((top + bottom) / 2)];
  const text = label(unit, 16);
  // A short one can stand upright.
  const stands =
    text.length < 3
      ? { 'text-anchor': 'middle' }
      : { 'text-anchor': 'middle', transform: `rotate(-90 ${x} ${middle})` };
  return [...lines, words(text, { x, y: middle, ...stands, fill: palette.text, class: 'plot-text' })];
}

/** Ticks below the plot, counted from the origin. */
export function drawTimeAxis({ left, right, bottom, origin, times, x }: Frame, palette: Palette): Markup[] {
  return [
    line({ x1: left, x2: right, y1: bottom, y2: bottom }, { stroke: palette.text, 'stroke-opacity': 0.6 }),
    ...times.ticks.flatMap((elapsed) => {
      const middle = x(origin + elapsed);
      return [
        line({ x1: middle, x2: middle, y1: bottom, y2: bottom + 5 }, { stroke: palette.text, 'stroke-opacity': 0.6 }),
        words(elapsedLabel(elapsed, times.step), {
          ...{ x: middle, y: bottom + 19, 'text-anchor': 'middle', fill: palette.text, class: 'plot-text' },
        }),
      ];
    }),
  ];
}

/** The limit as a dashed line with its label, and a tint on its good side. */
export function drawThreshold(frame: Frame, { value, label: name, good }: PlotThreshold, palette: Palette): Markup[] {
  const { left, right, top, bottom, y, values } = frame;
  if (!(value >= values.low && value <= values.high)) return [];
  const at = y(value);
  const [from, to] = good === 'below' ? [at, bottom] : [top, at];
  // At the left, where values are not cured yet and far from it; on its good side if there is room.
  const isRoomy = Math.abs(to - from) > FONT_SIZE + 8;
  const below = good === 'below' ? isRoomy : !isRoomy;
  return [
    markup('rect', {
      ...{ x: left, y: round(from), width: right - left, height: round(Math.max(0, to - from)) },
      ...{ fill: palette.good, 'fill-opacity': 0.1, class: 'plot-good-side' },
    }),
    line(
      { x1: left, x2: right, y1: at, y2: at },
      { stroke: palette.good, 'stroke-width': 1.5, 'stroke-dasharray': '6 4', class: 'plot-threshold' },
    ),
    words(label(name), {
      ...{ x: left + 6, y: at + (below ? FONT_SIZE + 3 : -6) },
      ...{ fill: palette.text, 'font-weight': 600, class: 'plot-text plot-halo' },
      ...{ stroke: palette.ground, 'stroke-width': 3, 'stroke-linejoin': 'round', 'paint-order': 'stroke' },
    }),
  ];
}

export function line(
  { x1, x2, y1, y2 }: Readonly<Record<'x1' | 'x2' | 'y1' | 'y2', number>>,
  attributes: Markup['attributes'],
): Markup {
  return markup('line', { x1: round(x1), x2: round(x2), y1: round(y1), y2: round(y2), ...attributes });
}

export function words(text: string, { x, y, ...rest }: Markup['attributes'] & { x: number; y: number }): Markup {
  return markup('text', { x: round(x), y: round(y), ...rest }, [text]);
}

/** A tenth of a pixel is as fine as anybody can see. */
export function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}

function grid({ grid: stroke, gridOpacity }: Palette): Markup['attributes'] {
  return { stroke, 'stroke-opacity': gridOpacity };
}
