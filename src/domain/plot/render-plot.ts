import { timeAxis, valueAxis } from './axes.ts';
import { describePlot } from './describe-plot.ts';
import { drawThreshold, drawTimeAxis, drawValueAxis, words } from './draw-axes.ts';
import { drawMarks, marksHeight } from './draw-marks.ts';
import { drawLegend, hasLegend } from './draw-legend.ts';
import { drawSeries, styleOf } from './draw-series.ts';
import { markup, type Markup, toText } from './markup.ts';
import { type Palette, paletteOf } from './palette.ts';
import type { PlotInput } from './plot-input.ts';
import { type Axis, FONT_SIZE, type Frame, label, originOf, placeMarks, textWidth } from './scales.ts';
import { shortNumber } from './ticks.ts';

export type { PlotInput, PlotMark, PlotPoint, PlotSeries, PlotThreshold } from './plot-input.ts';

const MIN_SIDE = 120;
const AXIS_HEIGHT = 28;
const LEGEND_HEIGHT = 22;
const HEADING_HEIGHT = 28;
/** Pixels for the values at the left: the same for all usual ones, so that plots stand below each other by time. */
const LEFT = 66;
const UNIT_WIDTH = 18;
const RIGHT = 22;

/** A plot as a whole SVG document or fragment, with title and description for who cannot see it. */
export function renderPlot(input: PlotInput): string {
  return toText(drawPlot(input));
}

/** The same as data, for a page that builds its elements itself. */
export function drawPlot(input: PlotInput): Markup {
  const width = Math.max(MIN_SIDE, Math.round(input.width));
  const height = Math.max(MIN_SIDE, Math.round(input.height));
  const palette = paletteOf(input);
  const id = input.id ?? 'plot';
  const origin = originOf(input);
  const frame = frameOf(input, { origin, width, height });
  const description = frame === undefined ? 'Nothing was measured.' : describePlot(input, origin);
  return markup(
    'svg',
    {
      ...{ xmlns: 'http://www.w3.org/2000/svg', viewBox: `0 0 ${width} ${height}`, width, height },
      ...{ role: 'img', 'aria-labelledby': `${id}-title`, 'aria-describedby': `${id}-desc`, class: 'plot' },
      ...{ 'font-family': 'system-ui, sans-serif', 'font-size': FONT_SIZE },
    },
    [
      markup('title', { id: `${id}-title` }, [label(input.title, 200)]),
      markup('desc', { id: `${id}-desc` }, [description]),
      ...(palette.ground === undefined ? [] : [markup('rect', { width, height, fill: palette.ground })]),
      ...(input.heading === true ? [heading(input.title, palette)] : []),
      ...(frame === undefined ? [nothing({ width, height }, palette)] : contents(input, { frame, palette, height })),
    ],
  );
}

function contents(
  input: PlotInput,
  { frame, palette, height }: { frame: MarkedFrame; palette: Palette; height: number },
): Markup[] {
  return [
    ...drawValueAxis(frame, input.unit, palette),
    ...drawTimeAxis(frame, palette),
    ...drawMarks(frame.marks, frame, palette),
    // Its label may stand on a mark's line.
    ...(input.threshold === undefined ? [] : drawThreshold(frame, input.threshold, palette)),
    ...input.series.map((series, index) =>
      drawSeries(series, { frame, style: styleOf(index, palette), input, palette }),
    ),
    ...drawLegend(input, { x: frame.left, y: height - 6 }, palette),
  ];
}

type MarkedFrame = Frame & { readonly marks: ReturnType<typeof placeMarks> };

/** Undefined where there is nothing to draw. */
function frameOf(
  input: PlotInput,
  { origin, width, height }: { readonly origin: number; readonly width: number; readonly height: number },
): MarkedFrame | undefined {
  const values = valueAxis(input, height - 60);
  const left = leftOf(values);
  const right = width - RIGHT;
  const times = timeAxis(input, { origin, pixels: right - left });
  if (times === undefined) return undefined;
  const x = (at: number) => left + ((at - origin - times.low) / (times.high - times.low)) * (right - left);
  const marks = placeMarks(input.marks, { x, right: width - 4 });
  const top = 12 + marksHeight(marks) + (input.heading === true ? HEADING_HEIGHT : 0);
  const bottom = height - AXIS_HEIGHT - (hasLegend(input) ? LEGEND_HEIGHT : 0);
  const y = (value: number) => bottom - ((value - values.low) / (values.high - values.low)) * (bottom - top);
  return { left, right, top, bottom, origin, times, values, x, y, marks };
}

function leftOf({ ticks }: Axis): number {
  return Math.max(LEFT, ...ticks.map((tick) => Math.ceil(textWidth(shortNumber(tick))) + 14 + UNIT_WIDTH));
}

function heading(title: string, palette: Palette): Markup {
  return words(label(title, 90), { x: 14, y: 24, fill: palette.text, 'font-size': 15, 'font-weight': 700 });
}

function nothing({ width, height }: { width: number; height: number }, palette: Palette): Markup {
  return words('Nothing was measured.', {
    ...{ x: width / 2, y: height / 2, 'text-anchor': 'middle', fill: palette.text },
  });
}
